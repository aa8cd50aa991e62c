/* SPDX-License-Identifier: MIT */
/* libgit2 CACERT URL DIR [-n]: a clone by libgit2, for comparison; libgit2 --version: which one. */
#include <git2.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    git_repository *repository = NULL;
    git_clone_options options = GIT_CLONE_OPTIONS_INIT;
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("libgit2 %s\n", LIBGIT2_VERSION) < 0;
    if (argc < 4)
        return 2;
    if (argc > 4)
        options.checkout_opts.checkout_strategy = GIT_CHECKOUT_NONE;
    git_libgit2_init();
    int rc = git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, argv[1], NULL);
    if (rc == 0)
        rc = git_clone(&repository, argv[2], argv[3], &options);
    if (rc < 0)
        fprintf(stderr, "libgit2: %s\n", git_error_last() ? git_error_last()->message : "failed");
    git_repository_free(repository);
    git_libgit2_shutdown();
    return rc < 0;
}
