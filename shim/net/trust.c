/* SPDX-License-Identifier: MIT */
#include "net/trust.h"

#include "base/environment.h"
#include "base/file.h"
#include "base/format.h"
#include "net/certificate.h"
#include "net/pem.h"

#include <string.h>

enum {
	FILE_MAX = 8 << 20, /* the system's bundle has 225 KB; untouched pages cost nothing */
	PATHS = 4,
};

/* Where distributions keep the system's bundle: Debian and Alpine, Red Hat, SUSE, BSD and old Alpine. */
static const char *const system_paths[PATHS] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

/* Appends the certificate in `bytes`, unless that is not trusted, to the anchors, which stand before it in the same memory. */
static bool keep(struct trust *t, struct span bytes, enum pem_kind kind)
{
	struct certificate c;
	struct der d;

	der_init(&d, bytes);
	if (!certificate_take(&c, &d))
		return false;

	size_t len = (size_t)(d.at - bytes.at);

	if (kind == PEM_TRUSTED && !certificate_take_trust(&d))
		len = 0;
	if (!der_is_done(&d))
		return false;
	memmove(t->memory.at + t->anchors.len, bytes.at, len);
	t->anchors.len += len;
	return true;
}

/* 0, or the number of the object that is damaged. */
static unsigned keep_all(struct trust *t, size_t len, bool skip_damaged)
{
	struct pem p = {t->memory.at, t->memory.at + len};
	struct span bytes;
	enum pem_kind kind;

	t->anchors = (struct span){t->memory.at, 0};
	for (unsigned number = 1; (kind = pem_next(&p, &bytes)) != PEM_END; number++)
		if (kind == PEM_DAMAGED || (kind <= PEM_TRUSTED && !keep(t, bytes, kind)))
			if (!skip_damaged)
				return number;
	return 0;
}

/* A file of the user's own must be whole; in the system's bundle, what cannot be read is not trusted. */
static bool read_file(struct trust *t, const char *path, bool is_own, struct buf *problem)
{
	if (!is_own)
		t->path = span_of(path);

	struct buf file = arena_rest(&t->memory);
	int error = file_read(path, FILE_MAX, &file);
	unsigned damaged = error ? 0 : keep_all(t, file.len, !is_own);
	const char *form = error     ? "%q: %e"
			   : damaged ? "%q: PEM object %u is damaged"
				     : "%q: holds no certificate that is trusted for servers (is it PEM?)";

	if (!error && !damaged && t->anchors.len > 0)
		return true;
	buf_format(problem, form, &t->path, error ? error : (int)damaged);
	return false;
}

static bool read_system(struct trust *t, struct buf *problem)
{
	for (unsigned i = 0; i < PATHS; i++) {
		if (read_file(t, system_paths[i], false, problem))
			return true;
		problem->len = 0;
	}
	buf_format(problem, "no trusted certificates: SSL_CERT_FILE is not set, and there are none in %s, %s, %s, %s",
		   system_paths[0], system_paths[1], system_paths[2], system_paths[3]);
	return false;
}

bool trust_open(struct trust *t, const char *path, struct buf *problem)
{
	const char *file = path ? path : environment_value(SPAN("SSL_CERT_FILE")).at;

	if (!arena_open(&t->memory, FILE_MAX + 2)) {
		buf_put_text(problem, "no memory for trusted certificates");
		return false;
	}

	if (!path && file)
		buf_put_text(problem, "SSL_CERT_FILE: ");

	bool ok = file && *file ? read_file(t, file, path != NULL, problem) : read_system(t, problem);

	if (!ok)
		trust_close(t);
	return ok;
}

void trust_close(struct trust *t)
{
	arena_close(&t->memory);
}
