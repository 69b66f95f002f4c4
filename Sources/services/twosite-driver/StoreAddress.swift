/// `twosite://HOST:PORT,HOST:PORT`, and `/local` behind it for reads of what that one replica has.
struct StoreAddress: Equatable, Sendable {
  struct Place: Hashable, Sendable {
    let host: String
    let port: UInt16
  }

  let places: [Place]
  let isLocal: Bool

  /// Nil for what is no such URL.
  init?(_ url: String) {
    guard url.hasPrefix("twosite://") else { return nil }
    let parts = url.dropFirst("twosite://".count).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var places: [Place] = []
    for part in parts[0].split(separator: ",") {
      guard let colon = part.lastIndex(of: ":"),
        let port = UInt16(part[part.index(after: colon)...])
      else { return nil }
      places.append(Place(host: String(part[..<colon]), port: port))
    }
    guard !places.isEmpty else { return nil }
    self.places = places
    switch parts.count > 1 ? parts[1] : "" {
    case "": isLocal = false
    case "local": isLocal = true
    default: return nil
    }
  }
}
