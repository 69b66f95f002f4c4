import ServiceGround

extension ServerRequest {
  /// The one integer of an order: `42` or `{"element": 42}`, nothing else.
  var element: Int64? {
    var text = String(decoding: body, as: UTF8.self).trimmingSpaces[...]
    if text.first == "{", text.last == "}" {
      let inner = String(text.dropFirst().dropLast()).trimmingSpaces
      guard inner.hasPrefix("\"element\"") else { return nil }
      let value = String(inner.dropFirst("\"element\"".count)).trimmingSpaces
      guard value.first == ":" else { return nil }
      text = String(value.dropFirst()).trimmingSpaces[...]
    }
    return text.first == "+" ? nil : Int64(text)
  }
}
