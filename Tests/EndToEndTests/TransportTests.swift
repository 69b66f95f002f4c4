import Foundation
import Testing

extension EndToEnd {
  /// Workloads whose requests travel otherwise: over TLS, with headers, on kept connections.
  @Suite(.needs("/usr/bin/openssl")) struct Transport {
    /// A server that speaks only TLS, wants a client's certificate and a token, and says how often
    /// a connection was used.
    static let configuration = SmallProject.configuration
      .replacing(
        "listen 0.0.0.0:8080;",
        with: """
          listen 0.0.0.0:8080 ssl; ssl_certificate @/cert.pem; ssl_certificate_key @/key.pem;
              ssl_client_certificate @/cert.pem; ssl_verify_client on; keepalive_requests 100000;
          """
      )
      .replacing(
        #"location / { return 200 "here"; }"#,
        with: """
          location / {
                if ($http_x_token != "let me in") { return 403; }
                if ($connection_requests != REQUESTS) { return 200 "here"; }
                return 500;
              }
          """)

    private func project(_ options: String, refusing requests: String) throws -> SmallProject {
      let project = try SmallProject(
        experiment: SmallProject.experiment(
          method: "{at: 500ms, fault: kill, target: {node: web}, component: page, for: 300ms}",
          invariants: "availability: {workload: pages, during: steady, at-least: 99%}",
          workload: "{kind: call, service: page, rate: 100/s, clients: 4, "
            + "from: {role: client}, timeout: 500ms, "
            + "client: {http: {headers: {X-Token: let me in}, \(options)}}}"),
        server: SmallProject.server.replacing(
          #"{http: "http://127.0.0.1:8080/", status: 200, within: 5s}"#,
          with: #"{http: "https://127.0.0.1:8080/", status: 400, insecure: true, within: 5s}"#))
      let configuration = Self.configuration.replacing(
        "@", with: project.folder + "/fixtures/components/page"
      )
      .replacing("REQUESTS", with: requests)
      try project.write(configuration, to: "fixtures/components/page/nginx.conf")
      try project.write(
        SmallProject.stack.replacing("http://", with: "https://"),
        to: "fixtures/stacks/small.yaml")
      let made = Process()
      made.executableURL = URL(filePath: "/usr/bin/openssl")
      made.arguments = [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=page",
        "-addext", "subjectAltName=IP:10.78.0.1", "-keyout", "experiments/key.pem", "-out",
        "experiments/cert.pem",
      ]
      made.currentDirectoryURL = URL(filePath: project.folder)
      made.standardError = FileHandle.nullDevice
      try made.run()
      made.waitUntilExit()
      // Its node sees its component's folder and nothing else of the project.
      for name in ["key.pem", "cert.pem"] {
        let copy = project.folder + "/fixtures/components/page/" + name
        try FileManager.default.copyItem(
          atPath: project.folder + "/experiments/" + name, toPath: copy)
        // The server is not root, and the folder is the test's own.
        chmod(copy, 0o644)
      }
      return project
    }

    private static let tls = "tls: {ca: cert.pem, certificate: cert.pem, key: experiments/key.pem}"

    /// The server refuses the second request of a connection, which fresh connections never send.
    @Test func freshConnectionsOverTLSProveBothSides() throws {
      let project = try project(Self.tls, refusing: "2")
      let ended = try project.run()
      #expect(ended.code == 0, "\(ended)")
      // What is stored is judged again without the files, and the key is not stored.
      let stored = try String(contentsOfFile: project.newest + "/plan.json", encoding: .utf8)
      #expect(stored.contains("experiments/key.pem") && !stored.contains("PRIVATE KEY"))
      try FileManager.default.removeItem(atPath: project.folder + "/experiments/cert.pem")
      let again = try project.faultline("check", project.newest)
      #expect(again.code == 0, "\(again)")
    }

    @Test func keptConnectionsAreUsedAgain() throws {
      let project = try project("connections: kept, " + Self.tls, refusing: "0")
      let ended = try project.run()
      #expect(ended.code == 0, "\(ended)")
      // The same traffic, where the second request of every connection is refused.
      let second = try self.project("connections: kept, " + Self.tls, refusing: "2").run()
      #expect(second.code != 0, "\(second)")
    }

    @Test func withoutACertificateNothingIsSteady() throws {
      let ended = try project("tls: {ca: cert.pem}", refusing: "0").run()
      #expect(ended.code == 3 || ended.code == 4, "\(ended)")
      #expect(ended.output.contains("no 300ms without an error within 5s"), "\(ended)")
    }
  }
}
