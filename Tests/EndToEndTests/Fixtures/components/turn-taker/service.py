import itertools, threading, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STORES, LOCK = [], threading.Lock()
%for x in node:component=odd-store
STORES.append("http://${x.address}:8080")
%end
TURNS = itertools.cycle(STORES)

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def do_GET(self):
        with LOCK: store = next(TURNS)
        try:
            with urllib.request.urlopen(store + self.path, timeout=0.5) as answer:
                status, body = answer.status, answer.read()
        except OSError: status, body = 502, b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("0.0.0.0", 8081), Handler).serve_forever()
