import Foundation
import TestGround
import Testing

extension EndToEnd {
  /// The page "Check your own database in 20 lines", followed to the letter.
  @Suite(.needs("/usr/bin/python3")) struct Readme {
    /// The code blocks whose first line names a file.
    private static func files() throws -> [(path: String, text: String)] {
      let page = try String(contentsOfFile: Machine.root + "/README.md", encoding: .utf8)
      let blocks = page.components(separatedBy: "```yaml\n# ").dropFirst()
      return blocks.compactMap { block in
        let text = block.components(separatedBy: "\n```")[0]
        guard !text.hasPrefix("."), let end = text.firstIndex(of: "\n") else { return nil }
        return (String(text[..<end]), String(text[text.index(after: end)...]))
      }
    }

    /// Stores that know nothing of each other, which is no register.
    private static let store = """
      import http.server, socketserver
      registers = {}
      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def log_message(self, *words): pass
          def reply(self, status, text=''):
              self.send_response(status)
              self.send_header('Content-Length', str(len(text)))
              self.end_headers()
              self.wfile.write(text.encode())
          def do_GET(self):
              self.reply(200, registers.get(self.path, ''))
          def do_POST(self):
              length = int(self.headers['Content-Length'])
              registers[self.path] = self.rfile.read(length).decode()
              self.reply(201)
      class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
          daemon_threads = True
          request_queue_size = 128
      Server(('0.0.0.0', 8080), Handler).serve_forever()
      """

    @Test func whoFollowsThePageGetsTheTruth() throws {
      let project = try SmallProject()
      let files = try Self.files()
      #expect(files.count == 3)
      for file in files {
        var text = file.text
        if file.path.hasSuffix("component.yaml") {
          // The reader's own store: here a stand-in.
          text = text.replacing("/usr/bin/my-store", with: "/usr/bin/python3")
            .replacing("--listen, \"0.0.0.0:8080\"", with: "\"${dir}/store.py\"")
          text += "\nfiles: [{template: store.py, to: store.py}]"
          let folder = (file.path as NSString).deletingLastPathComponent
          try project.write(Self.store, to: folder + "/store.py")
        }
        try project.write(text, to: file.path)
      }
      let experiment = try #require(files.last?.path)
      let ended = try project.faultline("run", experiment, "--quiet")
      #expect(ended.code == 1, "\(ended)")
      #expect(ended.output.contains("invalid linearizable"), "\(ended)")
      #expect(ended.output.contains("invalid converges"), "\(ended)")
    }
  }
}
