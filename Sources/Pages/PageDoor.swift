public import Linux
internal import Glibc

/// Where a page is served: a socket in the user's network that one process makes and another, in a network of
/// its own, serves. The number goes through the environment, the socket itself through `execve`.
public final class PageDoor: Sendable {
  /// It listens already; who connects waits until it is served.
  public let socket: ListeningSocket
  /// The address and the port that it got.
  public let place: ListenAddress

  private static let variable = "FAULTLINE_PAGE"

  private init(_ socket: ListeningSocket) {
    self.socket = socket
    place = ListenAddress(socket.end.address, socket.end.port)
  }

  /// Opens it, in the network of the calling process.
  public convenience init(at place: ListenAddress) throws(PageError) {
    do throws(Errno) {
      self.init(try ListeningSocket(at: .init(place.address, place.port)))
    } catch {
      throw PageError(place, error)
    }
  }

  /// Tells programs that this one becomes, or starts with this descriptor, which one it is.
  public func announce() { unsafe setenv(Self.variable, "\(socket.number)", 1) }

  /// What an earlier program of this process announced; nil where none did, or it is not there any more.
  /// Nobody after this one is told.
  public static func inherited() -> PageDoor? {
    guard let text = unsafe getenv(variable) else { return nil }
    let number = unsafe Int32(String(cString: text))
    unsafe unsetenv(variable)
    return number.flatMap { try? ListeningSocket(inheriting: $0) }.map { PageDoor($0) }
  }
}

/// Why a page cannot be served at an address, in a sentence with a remedy.
public struct PageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// What the system said about that address.
  init(_ place: ListenAddress, _ error: Errno) {
    let free = ListenAddress(place.address, 0)
    description =
      switch error.code {
      case EADDRINUSE:
        "port \(place.port) of \(place.address) is taken; choose another, or --listen \(free) for a free one"
      case EADDRNOTAVAIL:
        "\(place.address) is not an address of this machine; --listen takes one of its own, or 127.0.0.1"
      case EACCES:
        "port \(place.port) is not for this user; choose one from 1024 on, or --listen \(free) for a free one"
      default: "\(error)"
      }
  }
}
