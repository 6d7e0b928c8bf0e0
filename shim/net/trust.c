/* SPDX-License-Identifier: MIT */
#include "net/trust.h"

#include "base/errnos.h"
#include "base/file.h"
#include "net/certificate.h"
#include "net/pem.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 8 << 20 }; /* the system's bundle has 225 KB; untouched pages cost nothing */

/* Where distributions keep the system's bundle: Debian and Alpine, Red Hat, SUSE, BSD and old Alpine. */
static const char *const system_paths[] = {
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
};

/* What stands behind an OpenSSL TRUSTED CERTIFICATE (X509_CERT_AUX): may it vouch for servers? */
static bool is_trusted_for_servers(struct der *d)
{
	enum { REJECTED = DER_CONTEXT_CONSTRUCTED };
	bool trusted = true;

	if (!der_peek(d))
		return true;
	der_enter(d, DER_SEQUENCE);
	if (der_peek(d) == DER_SEQUENCE) {
		der_enter(d, DER_SEQUENCE);
		trusted = der_take_purposes(d);
		der_leave(d);
	}
	if (der_peek(d) == REJECTED) {
		der_enter(d, REJECTED);
		trusted &= !der_take_purposes(d);
		der_leave(d);
	}
	d->rest.len = 0; /* a name for people */
	der_leave(d);
	return trusted && der_is_done(d);
}

/* Appends the certificate at the start of `bytes` to the anchors, which stand before it in the same memory. */
static bool keep(struct trust *t, struct span bytes, enum pem_kind kind)
{
	struct certificate c;
	struct der d;

	der_init(&d, bytes);

	struct span der = der_take_whole(&d, DER_SEQUENCE);

	if (d.damaged || !certificate_parse(&c, der) || (kind == PEM_CERTIFICATE && d.rest.len > 0))
		return false;
	if (!is_trusted_for_servers(&d))
		return !d.damaged;
	memmove(t->memory.at + t->anchors.len, der.at, der.len);
	t->anchors.len += der.len;
	return true;
}

/* 0, or the number of the object that is damaged. */
static unsigned keep_all(struct trust *t, struct span file, bool skip_damaged)
{
	struct pem p = {t->memory.at, file.len};
	struct span bytes;
	unsigned number = 0;
	enum pem_kind kind;

	t->anchors = (struct span){t->memory.at, 0};
	while ((kind = pem_next(&p, &bytes)) != PEM_END) {
		number++;
		if (kind == PEM_OTHER || (kind != PEM_DAMAGED && keep(t, bytes, kind)))
			continue;
		if (!skip_damaged)
			return number;
	}
	return 0;
}

static bool say(struct buf *problem, const char *path, const char *what)
{
	buf_put_escaped(problem, span_of(path));
	buf_put_text(problem, what);
	return false;
}

static bool read_file(struct trust *t, const char *path, bool skip_damaged, struct buf *problem)
{
	struct buf file = arena_rest(&t->memory);
	int error = file_read(path, FILE_MAX, &file);

	t->path = path;
	if (error) {
		say(problem, path, ": ");
		buf_put_errno(problem, error);
		return false;
	}

	unsigned damaged = keep_all(t, buf_span(&file), skip_damaged);

	if (damaged) {
		say(problem, path, ": PEM object ");
		buf_put_number(problem, damaged);
		buf_put_text(problem, " is damaged");
		return false;
	}
	return t->anchors.len > 0 || say(problem, path, ": holds no certificate that is trusted for servers (is it PEM?)");
}

static bool read_system(struct trust *t, struct buf *problem)
{
	enum { PATHS = sizeof(system_paths) / sizeof(system_paths[0]) };
	char memory[256];

	for (unsigned i = 0; i < PATHS; i++) {
		struct buf ignored = buf_init(memory, sizeof(memory));

		if (read_file(t, system_paths[i], true, &ignored))
			return true;
	}
	buf_put_text(problem, "no trusted certificates: SSL_CERT_FILE is not set, and there are none in");
	for (unsigned i = 0; i < PATHS; i++) {
		buf_put_text(problem, i > 0 ? ", " : " ");
		buf_put_text(problem, system_paths[i]);
	}
	return false;
}

bool trust_open(struct trust *t, const char *path, struct buf *problem)
{
	const char *variable = getenv("SSL_CERT_FILE");
	bool ok;

	*t = (struct trust){0};
	if (!arena_open(&t->memory, FILE_MAX + 2)) {
		buf_put_text(problem, "no memory for trusted certificates");
		return false;
	}
	if (path)
		ok = read_file(t, path, false, problem);
	else if (variable && *variable)
		ok = read_file(t, variable, true, problem);
	else
		ok = read_system(t, problem);
	if (!ok)
		trust_close(t);
	return ok;
}

void trust_close(struct trust *t)
{
	arena_close(&t->memory);
	*t = (struct trust){0};
}

bool trust_next(struct span *rest, struct certificate *anchor)
{
	struct der d;

	der_init(&d, *rest);
	if (!der_peek(&d))
		return false;

	struct span der = der_take_whole(&d, DER_SEQUENCE);

	*rest = d.rest;
	return certificate_parse(anchor, der);
}
