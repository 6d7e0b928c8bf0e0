# SPDX-License-Identifier: MIT
"""A server with the health service, or with no service at all: grpcserver.py health|none [CHAIN KEY]

Prints its port. It knows the services up, down and unknown; the messages are protobuf by hand.
"""
import pathlib
import sys
from concurrent import futures

import grpc

ANSWERS = {"": b"\x08\x01", "up": b"\x08\x01", "down": b"\x08\x02", "unknown": b""}


def check(request, context):
    name = request[2:].decode()
    if name not in ANSWERS:
        context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    return ANSWERS[name]


class Health(grpc.GenericRpcHandler):
    def service(self, handler_call_details):
        if handler_call_details.method == "/grpc.health.v1.Health/Check":
            return grpc.unary_unary_rpc_method_handler(check)
        return None


def main(kind, *files):
    server = grpc.server(futures.ThreadPoolExecutor(2))
    if kind == "health":
        server.add_generic_rpc_handlers((Health(),))
    if files:
        chain, key = (pathlib.Path(file).read_bytes() for file in files)
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, chain)]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main(*sys.argv[1:])
