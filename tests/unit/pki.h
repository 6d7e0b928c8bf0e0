/* SPDX-License-Identifier: MIT */
/*
 * pki: certificates for unit tests, made by tests/e2e/certificates.py into build/pki.
 */
#ifndef TESTS_UNIT_PKI_H
#define TESTS_UNIT_PKI_H

#include "net/trust.h"

/* Makes the servers with these names; to be called once, before anything else. False when openssl failed. */
bool pki_make(const char *const *names);

/* "build/pki/KIND-NAME.pem"; valid until the fourth call after it. */
const char *pki_path(const char *kind, const char *name);

/* The file's certificates as one trusts them, which is also the way to read a chain. Fails the test. */
struct trust pki_read(const char *kind, const char *name);

#endif
