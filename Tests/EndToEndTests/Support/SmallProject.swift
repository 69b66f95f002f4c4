import Foundation
import Testing

/// A project of its own in a folder of its own: one web server and one client, up within a
/// second, so that a bad day takes seconds. Tests change one file and see what happens.
final class SmallProject {
  let folder = FileManager.default.temporaryDirectory.appending(path: "e2e-\(UUID().uuidString)")
    .path

  /// Where its stacks are found: another project's are not ours to see.
  var live: String { folder + "/live" }
  var environment: [String: String?] { ["FAULTLINE_LIVE": live] }

  init(experiment: String = SmallProject.experiment, server: String = SmallProject.server) throws {
    try write(SmallProject.stack, to: "fixtures/stacks/small.yaml")
    try write(server, to: "fixtures/components/page/component.yaml")
    try write(SmallProject.configuration, to: "fixtures/components/page/nginx.conf")
    try write(experiment, to: "experiments/small.yaml")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ text: String, to path: String) throws {
    let file = URL(filePath: folder).appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  /// Runs the experiment to its end.
  func run(_ arguments: String...) throws -> Program.Ended {
    let program = try start(arguments)
    let ended = try program.finish()
    program.traces.expectGone()
    return ended
  }

  /// Runs another verb to its end.
  func faultline(_ arguments: String...) throws -> Program.Ended {
    try Program(Machine.faultline, arguments, in: folder, environment: environment).finish()
  }

  /// Runs a line of shell to its end.
  func shell(_ line: String) throws -> Program.Ended {
    try Program("/bin/sh", ["-c", line], in: folder, environment: environment).finish(within: 60)
  }

  func start(_ arguments: [String] = []) throws -> Program {
    try Program(
      Machine.faultline, ["run", "experiments/small.yaml", "--seed", "1"] + arguments,
      in: folder, environment: environment)
  }

  /// The folder of the newest run.
  var newest: String { folder + "/reports/small/small/latest" }

  func result() throws -> RunResult { try RunResult.read(newest) }

  static let stack = """
    title: One page
    summary: A web server and a client, for tests.
    sites: [here, outside]
    networks:
      lan: {subnet: 10.78.0.0/24}
    nodes:
      web: {site: here, role: web, ip: 10.78.0.1, components: [page]}
      client: {site: outside, role: client, ip: 10.78.0.9}
    services:
      page:
        url: "http://10.78.0.1:8080/"
        replicas: {role: web, url: "http://${node.address}:8080/"}
    """

  static let server = """
    name: page
    summary: One page.
    binary: /usr/sbin/nginx
    packages: [nginx]
    version: {command: ["${binary}", -v], pattern: 'nginx/([^ ]*)'}
    user: www-data
    command: ["${binary}", -e, stderr, -p, "${dir}", -c, "${dir}/nginx.conf"]
    files: [{template: nginx.conf, to: nginx.conf}]
    ready: {http: "http://127.0.0.1:8080/", status: 200, within: 5s}
    stop: {signal: TERM, within: 1s}
    """

  /// A server that is a shell script.
  static func script(_ script: String, ready: String = "{tcp: 8080, within: 1s}") -> String {
    """
    name: page
    summary: One page.
    binary: /bin/sh
    packages: [dash]
    command: ["${binary}", -c, "\(script)"]
    ready: \(ready)
    stop: {signal: TERM, within: 1s}
    """
  }

  static let configuration = """
    daemon off;
    worker_processes 1;
    pid ${dir}/nginx.pid;
    error_log stderr warn;
    events { worker_connections 64; }
    http {
      access_log off;
      client_body_temp_path ${dir}/body;
      proxy_temp_path ${dir}/proxy;
      fastcgi_temp_path ${dir}/fastcgi;
      uwsgi_temp_path ${dir}/uwsgi;
      scgi_temp_path ${dir}/scgi;
      server {
        listen 0.0.0.0:8080;
    %if node.address6
        listen [::]:8080;
    %end
        location / { return 200 "here"; }
      }
    }
    """

  static let experiment = experiment()

  /// - Parameters:
  ///   - method: what is done; the page is away for a while unless said.
  ///   - invariants: what must hold; that most requests succeed unless said.
  static func experiment(
    steady: String = "{for: 300ms, within: 5s}",
    method: String = "{at: 500ms, fault: kill, target: {node: web}, component: page, for: 500ms}",
    invariants: String = "availability: {workload: pages, at-least: 10%}",
    workload: String = "{kind: call, service: page, rate: 100/s, clients: 4, "
      + "from: {role: client}, timeout: 500ms}",
    rest: String = ""
  ) -> String {
    """
    title: The page goes away
    description: One web server is broken for a moment.
    tags: [small]
    stack: small
    workloads:
      pages: \(workload)
    steady-state: \(steady)
    method:
      - \(method)
    settle: {for: 500ms, within: 5s}
    invariants:
      - \(invariants)
    \(rest)
    """
  }
}
