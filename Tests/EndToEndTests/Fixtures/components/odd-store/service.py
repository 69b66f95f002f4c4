# plain: every store for itself.
# mirrored: tells its peers what it took, and does not mind when they are gone.
import json, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODE, PEERS, ORDERS = "${mode}", [], []
%for x in node:component=odd-store
if "${x.name}" != "${node.name}": PEERS.append("${x.address}")
%end

def take(number):
    ORDERS.append(number)
    for peer in PEERS if MODE == "mirrored" else []:
        url = f"http://{peer}:8080/mirror"
        request = urllib.request.Request(url, str(number).encode(), method="POST")
        try: urllib.request.urlopen(request, timeout=0.3).close()
        except OSError: pass
    return 200

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def say(self, status, body=b"{}"):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Node", "${node.name}")
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        number = int(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path != "/mirror": return self.say(take(number))
        ORDERS.append(number)
        self.say(200)
    def do_GET(self):
        self.say(200, json.dumps(sorted(ORDERS)).encode())

ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
