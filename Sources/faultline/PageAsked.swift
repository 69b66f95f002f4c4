import Basics
import Harness
import Pages

/// `--page [control] [--listen ADDRESS:PORT]`: what was asked for of a page, outside and inside of a run's own
/// network.
struct PageAsked {
  let place: ListenAddress
  let takesActs: Bool

  /// Nil where no page was asked for.
  init?(_ arguments: Arguments) throws(UsageError) {
    guard let word = arguments.value("page") else {
      if arguments.has("listen") {
        throw UsageError("--listen says where a page is served: --page --listen ADDRESS:PORT")
      }
      return nil
    }
    takesActs = word == "control"
    guard let text = arguments.value("listen") else {
      place = .usual
      return
    }
    guard let place = ListenAddress(text: text) else {
      throw UsageError(
        "--listen takes an address and a port, such as 127.0.0.1:8080 or [::1]:8080, not '\(text)'")
    }
    self.place = place
  }

  /// Opens the door in the network of this process, for a program that this one starts.
  func open() throws(UsageError) -> PageDoor {
    do throws(PageError) {
      let door = try PageDoor(at: place)
      if !door.place.isLoopback {
        standardError(
          "warning: the page at \(door.place) can be reached from other machines, and what it says is not"
            + " encrypted: whoever has or overhears its address "
            + (takesActs ? "may act on the stack\n" : "may look on\n"))
      }
      door.announce()
      return door
    } catch {
      throw UsageError(error.description)
    }
  }

  /// Inside: the page at the door that was opened outside; nil where that was lost on the way.
  func order() -> PageOrder? { PageDoor.inherited().map { PageOrder($0, takesActs: takesActs) } }

  /// Says that there is none, where it was asked for: the run is none the worse.
  static func warnOfNone() {
    standardError("warning: the live page cannot be served; all else goes on without it\n")
  }
}

extension Option {
  static let page = Option(
    name: "page", value: nil,
    summary: "Serve a live page to watch it in a browser; its address is printed.",
    word: "control", isWordShown: false)
  static let pageThatMayAct = Option(
    name: "page", value: nil,
    summary:
      "Serve a live page to watch it in a browser; its address is printed. With 'control', whoever has it may"
      + " act, too.", word: "control")
  static let listen = Option(
    name: "listen", value: "ADDRESS:PORT",
    summary: "Where the page is served; 127.0.0.1 and a free port by default, port 0 is a free one."
  )
}
