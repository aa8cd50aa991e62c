/* SPDX-License-Identifier: MIT */
/* What the tables of mbedTLS's pk_wrap.c reach and no client asks for: with these the linker sees
 * that nobody calls it. A key that decrypts is a server's; without certificates of clients, none
 * signs. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <mbedtls/ecdsa.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>

#define mbedtls_rsa_pkcs1_decrypt(...) MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE
#define mbedtls_rsa_pkcs1_encrypt(...) MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE
#ifdef TINY
#define mbedtls_rsa_pkcs1_sign(...) MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE
#define mbedtls_ecdsa_write_signature(...) MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE
#define mbedtls_rsa_check_pub_priv(...) MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE
#define mbedtls_ecp_check_pub_priv(...) MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE
#endif
