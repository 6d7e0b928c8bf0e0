# SPDX-License-Identifier: MIT
"""certificates: a throw-away PKI, made with the openssl command line.

	pki = certificates.make(directory)
	pki["expired"].chain, .key_pem  what a server is given: PEM files
	pki["expired"].ca               what a client trusts to reach it
	pki["expired"].name             whom the client asks for
	pki["expired"].refusal          words of the verdict, None where it is trusted

Everything is in the table at the end. One row is one server; names of issuers
refer to the table of authorities above it. Keys are made once per kind and
shared: nothing here is secret.
"""

import os
import subprocess
from dataclasses import dataclass

BUNDLE = "ca.pem"  # the root, and nothing else

PAST = ("20200101000000Z", "20210101000000Z")
FUTURE = ("20900101000000Z", "20910101000000Z")
NOW = ("20200101000000Z", "20890101000000Z")

SAN = "subjectAltName=DNS:localhost,DNS:db.example,IP:127.0.0.1,IP:::1"
CA = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash")


@dataclass
class Authority:
	issuer: str = "root"
	extensions: tuple = CA
	key: str = "rsa2048-ca"
	dates: tuple = NOW
	subject: str = None  # default: its name
	digest: str = "sha256"


@dataclass
class Server:
	refusal: str = None
	issuer: str = "root"
	sends: tuple = ()  # authorities behind the leaf, in this order
	extensions: tuple = (SAN,)
	key: str = "rsa2048"
	dates: tuple = NOW
	digest: str = "sha256"
	subject: str = None
	trusts: tuple = ("root",)  # authorities in the client's file; "self": the leaf
	name: str = "localhost"
	damage: int = None  # this byte of the leaf's DER is flipped, counted from the end
	aux: tuple = None  # the client's file has TRUSTED CERTIFICATE, with these options of openssl x509
	key_pem: str = None  # filled by make(), as all that follow
	chain: str = None
	behind: str = None  # the chain without the leaf
	ca: str = None


def constrained(*subtrees, critical=True):
	return CA + ("nameConstraints=" + ("critical," if critical else "") + ",".join(subtrees),)


AUTHORITIES = {
	"root": Authority(None),
	"root-expired": Authority(None, dates=PAST),
	"root-future": Authority(None, dates=FUTURE),
	"root-rsa1024": Authority(None, key="rsa1024"),
	"root-rsa4096": Authority(None, key="rsa4096"),
	"root-rsa8192": Authority(None, key="rsa8192"),
	"root-p384": Authority(None, key="p384"),
	"root-ed25519": Authority(None, key="ed25519", digest="null"),
	"root-secp256k1": Authority(None, key="secp256k1"),
	"root-v1": Authority(None, extensions=None),
	"root-no-ca": Authority(None, extensions=("basicConstraints=critical,CA:FALSE",)),
	"root-path0": Authority(None, extensions=("basicConstraints=critical,CA:TRUE,pathlen:0",)),
	"root-permits": Authority(None, extensions=constrained("permitted;DNS:localhost", "permitted;DNS:.example",
		"permitted;IP:127.0.0.0/255.0.0.0", "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
	"root-permits-other": Authority(None, extensions=constrained("permitted;DNS:other.example")),
	"root-excludes": Authority(None, extensions=constrained("excluded;DNS:localhost")),
	"root-excludes-ip": Authority(None, extensions=constrained("excluded;IP:127.0.0.0/255.0.0.0")),
	"root-excludes-below": Authority(None, extensions=constrained("excluded;DNS:bad.wild.example")),
	"root-email": Authority(None, extensions=constrained("permitted;email:example.com")),
	"root-twin": Authority(None, subject="root", key="rsa2048-twin"),
	"namesake": Authority(None, subject="server", key="rsa2048-twin", extensions=(SAN,)),  # of the servers
	"unknown": Authority(None),
	"intermediate": Authority(),
	"second": Authority("intermediate"),
	"under-unknown": Authority("unknown"),
	"under-permits": Authority("root-permits", extensions=CA + ("subjectAltName=DNS:other.test",)),
	"under-path0": Authority("root-path0"),
	"int-expired": Authority(dates=PAST),
	"int-no-ca": Authority(extensions=("basicConstraints=critical,CA:FALSE",)),
	"int-no-basic": Authority(extensions=("keyUsage=critical,keyCertSign",)),
	"int-no-sign": Authority(extensions=("basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign")),
	"int-path0": Authority(extensions=("basicConstraints=critical,CA:TRUE,pathlen:0",)),
	"under-int-path0": Authority("int-path0"),
	"int-eku-client": Authority(extensions=CA + ("extendedKeyUsage=clientAuth",)),
	"int-eku-server": Authority(extensions=CA + ("extendedKeyUsage=serverAuth,clientAuth",)),
	"int-permits": Authority(extensions=constrained("permitted;DNS:localhost", "permitted;DNS:example",
		"permitted;IP:127.0.0.0/255.0.0.0", "permitted;IP:::/::", critical=False)),
	"int-permits-other": Authority(extensions=constrained("permitted;DNS:other.example", critical=False)),
	"int-excludes": Authority(extensions=constrained("excluded;DNS:localhost", critical=False)),
	"int-dirname": Authority(extensions=constrained("permitted;dirName:dir_sect", critical=False)),
	"int-permits-critical": Authority(extensions=constrained("permitted;DNS:localhost", "permitted;DNS:example")),
	"int-excludes-critical": Authority(extensions=constrained("excluded;DNS:localhost")),
	"int-sha1": Authority(digest="sha1"),
	"int-rsa1024": Authority(key="rsa1024"),
	"int-p384": Authority("root-p384", key="p384"),
	"int-forged": Authority("root-twin", subject="intermediate-forged"),
}

WILD = ("subjectAltName=DNS:*.wild.example",)
LEAF_EKU = (SAN, "extendedKeyUsage=clientAuth")

SERVERS = {
	"good": Server(),
	"good-by-ipv4": Server(name="127.0.0.1"),
	"good-by-ipv6": Server(name="::1"),
	"good-by-dot": Server(name="db.example."),
	"good-by-case": Server(name="DB.Example"),
	"intermediate": Server(issuer="intermediate", sends=("intermediate",)),
	"two-intermediates": Server(issuer="second", sends=("second", "intermediate")),
	"out-of-order": Server(issuer="second", sends=("intermediate", "second")),
	"root-sent-too": Server(issuer="intermediate", sends=("intermediate", "root")),
	"junk-sent-too": Server(issuer="intermediate", sends=("unknown", "intermediate", "int-no-ca")),
	"intermediate-trusted": Server(issuer="intermediate", trusts=("intermediate",)),
	"twin-first": Server(trusts=("root-twin", "root")),
	"expired-twin": Server(issuer="root-expired", trusts=("unknown", "root-expired"), refusal="CA certificate expired"),
	"self-trusted": Server(issuer=None, trusts=("self",)),
	"self-trusted-not-ca": Server(issuer=None, extensions=(SAN, "basicConstraints=CA:FALSE"), trusts=("self",)),
	"leaf-trusted": Server(trusts=("self",)),
	"leaf-trusted-expired": Server("expired on 2021-01-01", dates=PAST, trusts=("self",)),
	"leaf-trusted-wrong-name": Server("not for wrong.example", name="wrong.example", trusts=("self",)),
	"leaf-trusted-client-only": Server("not meant for servers", extensions=LEAF_EKU, trusts=("self",)),
	"leaf-trusted-namesake": Server("not signed by a CA in", trusts=("namesake",)),
	"leaf-trusted-namesake-signed-itself": Server("not allowed to issue", issuer=None, trusts=("namesake",)),
	"self-signed": Server("it signed itself", issuer=None),
	"v1-root": Server(issuer="root-v1", trusts=("root-v1",)),
	"p256": Server(key="p256"),
	"p384": Server(key="p384", issuer="int-p384", sends=("int-p384",), trusts=("root-p384",), digest="sha384"),
	"p521": Server(key="p521", digest="sha512"),
	"rsa4096": Server(key="rsa4096", issuer="root-rsa4096", trusts=("root-rsa4096",)),
	"wildcard": Server(extensions=WILD, name="a.wild.example"),
	"wildcard-too-deep": Server("not for a.b.wild.example", extensions=WILD, name="a.b.wild.example"),
	"wildcard-itself": Server("not for wild.example", extensions=WILD, name="wild.example"),
	"wildcard-top": Server("not for db.local", extensions=("subjectAltName=DNS:*.local",), name="db.local"),
	"wildcard-part": Server("not for abc.example", extensions=("subjectAltName=DNS:a*.example",), name="abc.example"),
	"eku-any": Server(extensions=(SAN, "extendedKeyUsage=anyExtendedKeyUsage")),
	"eku-server": Server(extensions=(SAN, "extendedKeyUsage=serverAuth"), issuer="int-eku-server",
		sends=("int-eku-server",)),
	"unknown-not-critical": Server(extensions=(SAN, "2.5.29.16=DER:300b82096c6f63616c686f7374")),  # looks like a SAN
	"must-staple": Server(extensions=(SAN, "tlsfeature=status_request")),
	"permitted-by-root": Server(issuer="root-permits", trusts=("root-permits",)),
	"permitted-by-intermediate": Server(issuer="int-permits", sends=("int-permits",)),
	"permitted-by-critical": Server(issuer="int-permits-critical", sends=("int-permits-critical",)),

	"expired": Server("expired on 2021-01-01 00:00 UTC (this machine's clock says", dates=PAST),
	"not-yet-valid": Server("not valid before 2090-01-01 00:00 UTC", dates=FUTURE),
	"wrong-name": Server("is for localhost, db.example, 127.0.0.1", name="wrong.example"),
	"wrong-ipv4": Server("not for 127.0.0.2", name="127.0.0.2"),
	"wrong-ipv6": Server("not for ::2", name="::2"),
	"ip-as-dns": Server("not for 127.0.0.1", extensions=("subjectAltName=DNS:127.0.0.1",), name="127.0.0.1"),
	"ip-as-wildcard": Server("not for 127.0.0.1", extensions=("subjectAltName=DNS:*.0.0.1",), name="127.0.0.1"),
	"ip-as-common-name": Server("not for 127.0.0.1", extensions=(), subject="127.0.0.1", name="127.0.0.1"),
	"common-name-only": Server("no subjectAltName", extensions=(), subject="localhost"),
	"uri-name-only": Server("no subjectAltName", extensions=("subjectAltName=URI:spiffe://x/y",), subject="localhost"),
	"unknown-ca": Server("not signed by a CA in", issuer="unknown", sends=("unknown",)),
	"unknown-ca-above": Server("not signed by a CA in", issuer="under-unknown", sends=("under-unknown",)),
	"missing-intermediate": Server("must send its intermediates", issuer="intermediate"),
	"gap": Server("CN=second is missing", issuer="second", sends=("intermediate",)),
	"client-only": Server("not meant for servers", extensions=LEAF_EKU),
	"client-only-above": Server("not meant for servers", issuer="int-eku-client", sends=("int-eku-client",)),
	"sha1": Server("not supported (1.2.840.113549.1.1.5)", digest="sha1"),
	"sha1-above": Server("not supported (1.2.840.113549.1.1.5)", issuer="int-sha1", sends=("int-sha1",)),
	"rsa1024": Server("RSA key of 1024 bits", key="rsa1024"),
	"rsa1024-above": Server("RSA key of 1024 bits", issuer="int-rsa1024", sends=("int-rsa1024",)),
	"rsa1024-root": Server("RSA key of 1024 bits", issuer="root-rsa1024", trusts=("root-rsa1024",)),
	"rsa8192-root": Server("RSA key of 8192 bits", issuer="root-rsa8192", trusts=("root-rsa8192",)),
	"ed25519-root": Server("not supported (1.3.101.112)", issuer="root-ed25519", digest="null", trusts=("root-ed25519",)),
	"secp256k1-root": Server("not supported (1.3.132.0.10)", issuer="root-secp256k1", trusts=("root-secp256k1",)),
	"ed25519": Server("no common cipher", key="ed25519"),
	"expired-root": Server("CA certificate expired on 2021", issuer="root-expired", trusts=("root-expired",)),
	"future-root": Server("not valid before 2090", issuer="root-future", trusts=("root-future",)),
	"expired-intermediate": Server("expired on 2021", issuer="int-expired", sends=("int-expired",)),
	"not-a-ca": Server("not allowed to issue", issuer="int-no-ca", sends=("int-no-ca",)),
	"no-basic-constraints": Server("not allowed to issue", issuer="int-no-basic", sends=("int-no-basic",)),
	"no-certificate-sign": Server("not allowed to issue", issuer="int-no-sign", sends=("int-no-sign",)),
	"root-not-a-ca": Server("not allowed to issue", issuer="root-no-ca", trusts=("root-no-ca",)),
	"leaf-as-ca": Server("not allowed to issue", issuer="int-no-ca", trusts=("int-no-ca",)),
	"path-too-long": Server("not allowed to issue", issuer="under-int-path0", sends=("under-int-path0", "int-path0")),
	"path-too-long-root": Server("not allowed to issue", issuer="under-path0", sends=("under-path0",),
		trusts=("root-path0",)),
	"not-permitted-by-root": Server("do not allow localhost", issuer="root-permits-other",
		trusts=("root-permits-other",)),
	"intermediate-not-permitted": Server("do not allow other.test", issuer="under-permits", sends=("under-permits",),
		trusts=("root-permits",)),
	"excluded-by-root": Server("do not allow localhost", issuer="root-excludes", trusts=("root-excludes",)),
	"excluded-ip": Server("do not allow 127.0.0.1", issuer="root-excludes-ip", trusts=("root-excludes-ip",)),
	"excluded-below-wildcard": Server("do not allow *.wild.example", issuer="root-excludes-below", extensions=WILD,
		trusts=("root-excludes-below",), name="a.wild.example"),
	"constraint-on-email": Server("kind that is not supported", issuer="root-email", trusts=("root-email",)),
	"not-permitted-by-intermediate": Server("do not allow localhost", issuer="int-permits-other",
		sends=("int-permits-other",)),
	"excluded-by-intermediate": Server("do not allow localhost", issuer="int-excludes", sends=("int-excludes",)),
	"constraint-on-dirname": Server("kind that is not supported", issuer="int-dirname", sends=("int-dirname",)),
	"excluded-by-critical": Server("do not allow localhost", issuer="int-excludes-critical",
		sends=("int-excludes-critical",)),
	"critical-unknown": Server("critical extension that is not supported (1.2.3.4)",
		extensions=(SAN, "1.2.3.4=critical,ASN1:UTF8String:hello")),
	"no-signature-usage": Server("key usage forbids", extensions=(SAN, "keyUsage=critical,keyEncipherment")),
	"altered-signature": Server("signed with another key", damage=20),
	"altered-signature-ecdsa": Server("certificate", key="p384", issuer="int-p384", sends=("int-p384",),
		trusts=("root-p384",), damage=20),
	"forged-by-twin": Server("signed with another key", issuer="root-twin"),
	"forged-intermediate": Server("signed with another key", issuer="int-forged", sends=("int-forged",)),
	"aux-trusted": Server(aux=("-addtrust", "serverAuth")),
	"aux-other-purpose": Server("trusted for servers", aux=("-addtrust", "emailProtection")),
	"aux-rejected": Server("trusted for servers", aux=("-addreject", "serverAuth")),
	"aux-any-rejected": Server("trusted for servers", aux=("-addreject", "anyExtendedKeyUsage")),
	"aux-client-rejected": Server(aux=("-addreject", "clientAuth", "-setalias", "some name")),
}

KEYS = {
	"rsa1024": ("rsa", "rsa_keygen_bits:1024"),
	"rsa2048": ("rsa", "rsa_keygen_bits:2048"),
	"rsa2048-ca": ("rsa", "rsa_keygen_bits:2048"),
	"rsa2048-twin": ("rsa", "rsa_keygen_bits:2048"),
	"rsa4096": ("rsa", "rsa_keygen_bits:4096"),
	"rsa8192": ("rsa", "rsa_keygen_bits:8192", "rsa_keygen_primes:5"),  # two primes of that size take half a minute
	"p256": ("ec", "ec_paramgen_curve:P-256"),
	"p384": ("ec", "ec_paramgen_curve:P-384"),
	"p521": ("ec", "ec_paramgen_curve:P-521"),
	"secp256k1": ("ec", "ec_paramgen_curve:secp256k1"),
	"ed25519": ("ed25519",),
}


def openssl(*arguments, **keywords):
	return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **keywords).stdout


def read(path):
	with open(path, encoding="ascii") as f:
		return f.read()


def write(path, text):
	with open(path, "w", encoding="ascii") as f:
		f.write(text)
	return path


class Maker:
	def __init__(self, directory):
		self.directory = directory
		os.makedirs(directory, exist_ok=True)

	def path(self, name):
		return os.path.join(self.directory, name)

	def key(self, kind):
		path = self.path(f"key-{kind}.pem")
		if not os.path.exists(path):
			algorithm, *options = KEYS[kind]
			openssl("genpkey", "-algorithm", algorithm, *(f"-pkeyopt={o}" for o in options), "-out", path)
		return path

	def authority(self, name):
		path = self.path(f"ca-{name}.pem")
		if not os.path.exists(path):
			self.issue(path, AUTHORITIES[name], AUTHORITIES[name].subject or name)
		return path

	def issue(self, path, row, subject):
		"""Makes the certificate of one row with `openssl ca`, which takes any date and any extension."""
		work = path[:-len(".pem")]
		request = openssl("req", "-new", "-key", self.key(row.key), "-subj", f"/O=shim tests/CN={subject}",
			*(() if row.key == "ed25519" else ("-sha256",)))
		issuer = AUTHORITIES[row.issuer] if row.issuer else None
		config = ["[ca]", "default_ca=me", "[me]", f"database={work}.index", f"new_certs_dir={self.directory}",
			"policy=policy", f"default_md={row.digest}", "unique_subject=no", "rand_serial=yes", "[policy]",
			"organizationName=supplied", "commonName=supplied", "[dir_sect]", "O=shim tests", "[extensions]"]
		write(f"{work}.csr", request.decode())
		write(f"{work}.index", "")
		write(f"{work}.cnf", "\n".join(config + list(row.extensions or ())) + "\n")
		signer = ("-keyfile", self.key(issuer.key), "-cert", self.authority(row.issuer)) if issuer else (
			"-selfsign", "-keyfile", self.key(row.key))
		openssl("ca", "-config", f"{work}.cnf", "-batch", "-notext", "-preserveDN", "-in", f"{work}.csr",
			"-startdate", row.dates[0], "-enddate", row.dates[1], "-out", path, *signer,
			*(("-extensions", "extensions") if row.extensions else ()))

	def server(self, name, row):
		leaf = self.path(f"leaf-{name}.pem")
		if not os.path.exists(leaf):
			self.issue(leaf, row, row.subject or "server")
			if row.damage is not None:
				self.flip(leaf, row.damage)
		row.key_pem = self.key(row.key)
		behind = "".join(read(self.authority(a)) for a in row.sends)
		row.chain = write(self.path(f"chain-{name}.pem"), read(leaf) + behind)
		row.behind = write(self.path(f"behind-{name}.pem"), behind)
		trusted = [leaf if a == "self" else self.authority(a) for a in row.trusts]
		row.ca = self.path(f"trust-{name}.pem")
		if row.aux:
			openssl("x509", "-in", trusted[0], "-trustout", *row.aux, "-out", row.ca)
		else:
			write(row.ca, "".join(read(t) for t in trusted))

	@staticmethod
	def flip(path, at):
		der = bytearray(openssl("x509", "-in", path, "-outform", "DER"))
		der[-at] ^= 1
		write(path, openssl("x509", "-inform", "DER", input=bytes(der)).decode())


def make(directory, names=None):
	"""All servers, or those of `names`: {name: Server}, their files in `directory`."""
	maker = Maker(str(directory))
	wanted = {name: SERVERS[name] for name in names or SERVERS}
	for name, row in wanted.items():
		maker.server(name, row)
	return wanted


if __name__ == "__main__":
	import sys

	make(sys.argv[1], sys.argv[2:])  # unit tests call it: certificates.py DIRECTORY NAME...
