/* libssl.c: the one function that CivetWeb 1.15 asks libssl.so for in vain
 *
 * CivetWeb before 1.16 looks up SSL_get_peer_certificate by dlsym in
 * "libssl.so". OpenSSL 3 has only SSL_get1_peer_certificate (the old name is
 * a macro), and the NULL is called on the first TLS connection. This becomes a
 * shared object of that name, linked with the real library: CivetWeb's dlopen
 * finds it loaded, and everything else behind it.
 */
#include <civetweb.h>
#include <openssl/ssl.h>

#if CIVETWEB_VERSION_MAJOR == 1 && CIVETWEB_VERSION_MINOR < 16
#undef SSL_get_peer_certificate
X509 *SSL_get_peer_certificate(const SSL *ssl);

X509 *SSL_get_peer_certificate(const SSL *ssl)
{
    return SSL_get1_peer_certificate(ssl);
}
#endif
