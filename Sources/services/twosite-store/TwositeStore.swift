import Glibc
import ServiceGround

/// A small replicated store over one to three sites: right unless it is told to be wrong.
@main struct TwositeStore {
  static let version = "1.0"

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments {
    case ["--version"]: print("twosite-store \(version)")
    case ["--help"]: print(StoreSettings.usage, terminator: "")
    case ["--defect", "list"]: for defect in Defect.allCases { print(defect.rawValue) }
    case let get where get.first == "--get" && get.count == 2:
      guard let body = PlainGet.body(get[1], until: .after(.seconds(1))) else { exit(1) }
      print(body)
    case let knock where knock.first == "--stranger" && knock.count == 3:
      guard let count = Stranger.count(knock[1], as: knock[2]) else { exit(1) }
      print(count)
    default: run(arguments)
    }
  }

  private static func run(_ arguments: [String]) {
    do throws(ConfigurationError) {
      try serve(
        StoreSettings(
          arguments: arguments, environment: StoreSettings.flags.environment, file: contents(of:)))
    } catch {
      log(error.message)
      exit(2)
    }
  }

  /// Serves until SIGTERM or SIGINT.
  private static func serve(_ settings: StoreSettings) throws(ConfigurationError) {
    let endings = Endings()
    guard let replica = try replica(settings, endings) else { return }
    let running = try RunningStore(settings, replica)
    log(
      "\(settings.membership.name) serves HTTP on \(settings.listen.address):\(settings.listen.port)"
        + " and lines on \(settings.line.address):\(settings.line.port)")
    for defect in settings.membership.defects.sorted(by: { $0.rawValue < $1.rawValue }) {
      log("wrong on purpose: \(defect.rawValue)")
    }

    endings.wait()
    running.stop()
  }

  /// A replica whose files are damaged serves nothing of them; it looks again until they are whole. Nil where it is
  /// told to end before.
  private static func replica(
    _ settings: StoreSettings, _ endings: Endings
  ) throws(ConfigurationError) -> RunningStore.Replica? {
    var told = ""
    repeat {
      do throws(StoreError) { return try RunningStore.replica(settings) } catch {
        guard case .damaged = error else { throw ConfigurationError(error.description) }
        if told != error.description { log("\(error); it does not serve before that is repaired") }
        told = error.description
      }
    } while !endings.come(within: 500)
    return nil
  }

  /// One line on standard error for what an operator would want to know.
  static func log(_ line: String) {
    let text = "twosite-store: \(line)\n"
    _ = text.withCString { write(STDERR_FILENO, $0, text.utf8.count) }
  }

  private static func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return ferror(file) == 0 ? Array(buffer[..<count]) : nil
  }
}
