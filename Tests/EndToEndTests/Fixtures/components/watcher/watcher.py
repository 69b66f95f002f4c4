import json
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer


def lives(place):
    try:
        socket.create_connection(place, timeout=0.3).close()
        return True
    except OSError:
        return False


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        down = []
%for x in component:odd-store
        if not lives(("${x.address}", 8080)):
            down.append({"labels": {"rule": "StoreDown", "site": "${x.site}"}})
%end
%if mode == asleep
        down = []
%end
        body = json.dumps(down).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", 8099), Handler).serve_forever()
