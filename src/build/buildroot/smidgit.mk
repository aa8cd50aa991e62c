# SPDX-License-Identifier: MIT
# In Buildroot: package/smidgit/, with Config.in, which package/Config.in has to name. No public address exists
# yet: the site is a placeholder, and there is no smidgit.hash.

SMIDGIT_VERSION = 0.1.0
SMIDGIT_SITE = https://example.org/smidgit
SMIDGIT_LICENSE = MIT
SMIDGIT_LICENSE_FILES = LICENSE
SMIDGIT_DEPENDENCIES = mbedtls zlib

define SMIDGIT_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(TARGET_CONFIGURE_OPTS) -C $(@D)
endef

# Buildroot strips. A target has seldom a manual or completion.
define SMIDGIT_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/smidgit $(TARGET_DIR)/usr/bin/smidgit
endef

$(eval $(generic-package))
