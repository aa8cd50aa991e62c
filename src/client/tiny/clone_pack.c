/* SPDX-License-Identifier: MIT */
/* One pack; what breaks off is lost. */
#include "client/clone_pack.h"

int clone_pack(struct download *download)
{
    return download_pack(download, download->refmap.wants, download->refmap.want_count, NULL);
}
