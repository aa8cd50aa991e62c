/* SPDX-License-Identifier: MIT */
/* A pack that breaks off is lost. */
#include "client/salvage.h"

int salvage_all(struct download *download)
{
    return download_pack(download, download->refmap.wants, download->refmap.want_count, NULL);
}
