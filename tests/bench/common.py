# SPDX-License-Identifier: MIT
"""What all parts need: the program, servers on loopback, and a stopwatch for whole processes."""
import contextlib
import http.server
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHIM = os.environ.get("SHIM", str(ROOT / "build/shim"))
median = statistics.median


def find(program):
    """Its path, or None: then its column stays empty."""
    return shutil.which(program, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def clean_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("SHIM_")}


def timed(command):
    """(wall seconds, CPU seconds) of a process that must succeed."""
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, clean_environment(),
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} ended with wait status {status}")
    return wall, usage.ru_utime + usage.ru_stime


def compare(commands, rounds):
    """Medians of (wall, CPU) for each command; they take turns, so that a busy moment hits all of them."""
    results = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            results[name].append(timed(command))
    return {name: (median(w for w, _ in rows), median(c for _, c in rows)) for name, rows in results.items()}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def http_server(port):
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{clear}; return 200 "ok\\n"; }}
    server {{
        listen 127.0.0.1:{tls} ssl; server_name localhost; ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate {folder}/localhost.pem; ssl_certificate_key {folder}/localhost.key; return 200 "ok\\n";
    }}
}}
"""


def wait_for_port(port):
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit(f"nobody listens at port {port}")


@contextlib.contextmanager
def nginx():
    """(folder with ca.pem, port of http, port of https)"""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        subprocess.run([ROOT / "tools/throwaway-ca", folder, "localhost"], check=True)
        clear, tls = free_port(), free_port()
        conf = pathlib.Path(folder, "nginx.conf")
        conf.write_text(NGINX.format(folder=folder, clear=clear, tls=tls))
        server = subprocess.Popen([find("nginx"), "-c", conf, "-p", folder], stderr=subprocess.DEVNULL)
        try:
            wait_for_port(clear)
            wait_for_port(tls)
            yield pathlib.Path(folder), clear, tls
        finally:
            server.terminate()
            server.wait()
