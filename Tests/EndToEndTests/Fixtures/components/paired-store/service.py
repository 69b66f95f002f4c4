# A standby hands everything to the other; a primary keeps it and tells the other, and does not mind
# what becomes of it there. A primary hears nobody.
import json, urllib.error, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PEERS, ORDERS = [], []
%for x in node:component=paired-store
if "${x.name}" != "${node.name}": PEERS.append("${x.address}")
%end
with open("${dir}/role", "w") as file: file.write("${role}\n")

def is_primary():
    with open("${dir}/role") as file: return file.read().strip() == "primary"

def tell(path, number):
    url = f"http://{PEERS[0]}:8080{path}"
    request = urllib.request.Request(url, str(number).encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=0.5) as answer: return answer.status
    except urllib.error.HTTPError as error: return error.code
    except OSError: return 504

def take(number):
    if not is_primary(): return tell("/orders", number)
    ORDERS.append(number)
    tell("/mirror", number)
    return 200

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def say(self, status, body=b"{}"):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        number = int(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path != "/mirror": return self.say(take(number))
        if not is_primary(): ORDERS.append(number)
        self.say(200)
    def do_GET(self):
        self.say(200, json.dumps(sorted(ORDERS)).encode())

ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
