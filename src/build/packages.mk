# SPDX-License-Identifier: MIT
# make deb  build-deb/*.deb. Other systems' packages: alpine/, openwrt/, buildroot/ (make packages tries them)

deb:
	@src/build/deb.sh build-deb

.PHONY: deb
