internal import Linux

/// The names that the node of the calling thread has for addresses: those of its `/etc/hosts`.
enum NodeNames {
  /// The first name of an address; the address itself where it has none.
  static func name(of address: String) -> String {
    var text = ""
    // A node without the file knows no names, and an address says enough.
    do throws(Errno) { text = try Files.read("/etc/hosts") } catch { return address }
    for line in text.split(separator: "\n") {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      if words.count > 1, words[0] == address { return String(words[1]) }
    }
    return address
  }
}
