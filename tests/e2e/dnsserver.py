# SPDX-License-Identifier: MIT
"""A name server for tests: answers from a table, over UDP and TCP, and misbehaves when told to.

    with DnsServer("127.0.0.2", records={"db.test": {"A": ["10.0.0.3"]}}) as dns:
        dns.misbehave("db.test", "servfail", qtype="AAAA", times=1)
        ...
        assert dns.count("db.test", qtype="A") == 1

A name that is not in the table does not exist (NXDOMAIN); one that is there without the type has no
data. A CNAME is followed through the table, and all links stand in the answer.
"""

import ipaddress
import socket
import struct
import threading
from collections import namedtuple

TYPES = {"A": 1, "CNAME": 5, "AAAA": 28}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
RCODES = {"formerr": 1, "servfail": 2, "nxdomain": 3, "notimp": 4, "refused": 5}

Query = namedtuple("Query", "transport name qtype port")  # port: the client's


def encode_name(name):
    labels = [label for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def decode_question(packet):
    """Name, type as a number, and where the question ends. Clients never compress a question."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack_from(">H", packet, at + 1)[0], at + 5


def encode_record(owner, rtype, value):
    data = encode_name(value) if rtype == "CNAME" else ipaddress.ip_address(value).packed
    return encode_name(owner) + struct.pack(">HHIH", TYPES[rtype], 1, 30, len(data)) + data


class DnsServer:
    def __init__(self, address="127.0.0.1", port=53, records=None, tcp=True):
        self.address, self.port = address, port
        self.records = {name.lower(): dict(types) for name, types in (records or {}).items()}
        self.tcp = tcp
        self.queries = []
        self._rules = []
        self._changed = threading.Condition()
        self._closing = False
        self._sockets = []
        self._servers = []

    # What it answers

    def add(self, name, qtype, *values):
        """Adds records; a CNAME has one value."""
        self.records.setdefault(name.lower(), {})[qtype] = list(values)

    def misbehave(self, name, how, qtype=None, transport=None, times=None):
        """From now on, or `times` times, answers such queries in another way; the latest rule wins.

        `how` is one of formerr servfail nxdomain notimp refused (an rcode), drop, wrong-id,
        wrong-question, query (not a response), malformed, truncated (the TC bit, no records), nodata,
        twice, upper (the question in capitals), close (TCP: no answer), half (TCP: a part of one); a
        threading.Event to wait for before the right answer; or a function that is given the query's
        bytes and the right answer's and returns a list of packets.
        """
        with self._changed:
            self._rules.append([name.lower(), qtype, transport, how, times])

    def behave(self):
        """Forgets every rule."""
        with self._changed:
            self._rules.clear()

    # What it was asked

    def count(self, name=None, qtype=None, transport=None):
        with self._changed:
            return self._count(name, qtype, transport)

    def wait_for_query(self, name=None, qtype=None, transport=None, count=1, timeout=10):
        """Waits until there were `count` such queries; False when there are not in `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count(name, qtype, transport) >= count, timeout)

    def _count(self, name, qtype, transport):
        return sum(
            (name is None or query.name.lower() == name.lower())
            and qtype in (None, query.qtype)
            and transport in (None, query.transport)
            for query in self.queries
        )

    # The answers

    def _find(self, name, qtype):
        """The rcode, and (owner, type, value) for each record of the answer section."""
        found = []
        for _ in range(64):
            types = self.records.get(name.lower())
            if types is None:
                return RCODES["nxdomain"], found
            if "CNAME" not in types:
                return 0, found + [(name, qtype, value) for value in types.get(qtype, [])]
            target = types["CNAME"][0]
            found.append((name, "CNAME", target))
            name = target
        return 0, found

    def answer(self, packet, transport="udp"):
        """The right answer, as bytes."""
        name, qtype, end = decode_question(packet)
        rcode, found = self._find(name, TYPE_NAMES.get(qtype))
        records = [encode_record(*record) for record in found]
        flags = 0x8180 | rcode
        body = b"".join(records)
        if transport == "udp" and end + len(body) > 512:
            flags, records, body = flags | 0x0200, [], b""
        return packet[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + packet[12:end] + body

    def _take_rule(self, query):
        with self._changed:
            self.queries.append(query)
            self._changed.notify_all()
            for rule in reversed(self._rules):
                name, qtype, transport, how, times = rule
                if name != query.name.lower() or qtype not in (None, query.qtype):
                    continue
                if transport not in (None, query.transport) or times == 0:
                    continue
                if times:
                    rule[4] -= 1
                return how
        return None

    def _hear(self, packet, transport, port):
        """Counts the query, and says how to answer it."""
        name, qtype, _ = decode_question(packet)
        return self._take_rule(Query(transport, name, TYPE_NAMES.get(qtype, str(qtype)), port))

    def _packets(self, packet, transport, how):
        _, _, end = decode_question(packet)
        right = self.answer(packet, transport)
        question = right[:4] + b"\0\1" + bytes(6) + right[12:end]
        if how is None:
            return [right]
        if isinstance(how, threading.Event):
            how.wait()
            return [right]
        if callable(how):
            return how(packet, right)
        if how in RCODES:
            return [question[:2] + bytes([0x81, 0x80 | RCODES[how]]) + question[4:]]
        return {
            "drop": lambda: [],
            "close": lambda: [],
            "half": lambda: [right],
            "wrong-id": lambda: [bytes([right[0] ^ 0xFF]) + right[1:]],
            "wrong-question": lambda: [right[:13] + bytes([right[13] ^ 0x02]) + right[14:]],
            "query": lambda: [right[:2] + bytes([right[2] & 0x7F]) + right[3:]],
            "malformed": lambda: [right[:-1]],
            "truncated": lambda: [question[:2] + b"\x83\x80" + question[4:]],
            "nodata": lambda: [question[:2] + b"\x81\x80" + question[4:]],
            "twice": lambda: [right, right],
            "upper": lambda: [right[:12] + right[12 : end - 4].upper() + right[end - 4 :]],
        }[how]()

    # The sockets

    def __enter__(self):
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._udp = self._socket(family, socket.SOCK_DGRAM)
        self._udp.bind((self.address, self.port))
        self.port = self._udp.getsockname()[1]
        self._servers.append(self._spawn(self._serve_udp))
        if self.tcp:
            listener = self._socket(family, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.address, self.port))
            listener.listen(64)
            self._servers.append(self._spawn(self._serve_tcp, listener))
        return self

    def __exit__(self, *_):
        self._closing = True
        with self._changed:
            sockets = list(self._sockets)
        for s in sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in it
            except OSError:
                pass
            s.close()
        for thread in self._servers:
            thread.join()  # a thread that still waits in a socket keeps its port taken

    def _socket(self, family, kind):
        s = socket.socket(family, kind)
        self._sockets.append(s)
        return s

    def _spawn(self, function, *arguments):
        thread = threading.Thread(target=self._run, args=(function, *arguments), daemon=True)
        thread.start()
        return thread

    def _run(self, function, *arguments):
        try:
            function(*arguments)
        except OSError:
            pass  # the client, or the server as a whole, is gone

    def _serve_udp(self):
        while not self._closing:
            packet, client = self._udp.recvfrom(4096)
            if client is None:
                return  # shut down
            self._spawn(self._answer_udp, packet, client)

    def _answer_udp(self, packet, client):
        how = self._hear(packet, "udp", client[1])
        for reply in self._packets(packet, "udp", how):
            self._udp.sendto(reply, client)

    def _serve_tcp(self, listener):
        while not self._closing:
            connection, client = listener.accept()
            with self._changed:
                self._sockets.append(connection)
            self._spawn(self._answer_tcp, connection, client)

    def _answer_tcp(self, connection, client):
        with connection, connection.makefile("rb") as stream:
            while len(length := stream.read(2)) == 2:
                packet = stream.read(struct.unpack(">H", length)[0])
                how = self._hear(packet, "tcp", client[1])
                for reply in self._packets(packet, "tcp", how):
                    whole = struct.pack(">H", len(reply)) + reply
                    connection.sendall(whole[: len(whole) // 2] if how == "half" else whole)
                if how in ("close", "half"):
                    return
