/* certificate.c: a throwaway TLS certificate for 127.0.0.1 and localhost */
#include "certificate.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DAY_S = 24 * 60 * 60 };

static int add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    int added = extension && X509_add_ext(certificate, extension, -1);

    X509_EXTENSION_free(extension);
    return added;
}

static int set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    int set = number &&
              BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
              BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));

    BN_free(number);
    return set;
}

static int set_names(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"localhost", -1,
                                      -1, 0) &&
           X509_set_issuer_name(certificate, name) &&
           add_extension(certificate, NID_subject_alt_name,
                         "IP:127.0.0.1,DNS:localhost");
}

static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();

    if (certificate && X509_set_version(certificate, 2) &&
        set_serial(certificate) && set_names(certificate) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), DAY_S) &&
        X509_set_pubkey(certificate, key) &&
        X509_sign(certificate, key, EVP_sha256()))
        return certificate;
    X509_free(certificate);
    return NULL;
}

static int write_pem(FILE *to, EVP_PKEY *key, X509 *certificate)
{
    return PEM_write_PrivateKey(to, key, NULL, NULL, 0, NULL, NULL) &&
           PEM_write_X509(to, certificate) && fflush(to) == 0;
}

int certificate_write(char *path, size_t path_size, char *error,
                      size_t error_size)
{
    const char *folder = getenv("TMPDIR");
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key ? make_certificate(key) : NULL;
    FILE *to = NULL;
    int fd, written;

    snprintf(path, path_size, "%s/sessionspec-XXXXXX",
             folder ? folder : "/tmp");
    fd = mkstemp(path);
    if (fd >= 0)
        to = fdopen(fd, "w");
    written = to && certificate && write_pem(to, key, certificate);
    if (to)
        fclose(to);
    if (!written)
        snprintf(error, error_size, "no TLS certificate could be made in %s",
                 path);
    if (!written && fd >= 0)
        unlink(path);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return written ? 0 : -1;
}
