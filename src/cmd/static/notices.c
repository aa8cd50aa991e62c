/* SPDX-License-Identifier: MIT */
/* What src/build/sources pins, by the notices in those sources. `make static` writes the licenses
 * in full beside the program. */
#include "cmd/notices.h"

const char notices[] =
    "This file contains:\n"
    "  smidgit. MIT license\n"
    "  Mbed TLS. Copyright The Mbed TLS Contributors. Apache License 2.0\n"
    "  zlib. Copyright (C) 1995-2022 Jean-loup Gailly and Mark Adler. zlib license\n"
    "  musl. Copyright (C) 2005-2020 Rich Felker, et al. MIT license\n";
