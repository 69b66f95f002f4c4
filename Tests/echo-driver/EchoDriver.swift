import Glibc

/// Answers every operation with ok: what a compiled driver costs that does nothing.
@main struct EchoDriver {
  static func main() {
    var rest: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(0, &buffer, buffer.count)
      guard count > 0 else { return }
      rest += buffer[..<count]
      var output: [UInt8] = []
      var start = 0
      while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
        answer(rest[start..<end], &output)
        start = end + 1
      }
      rest.removeSubrange(..<start)
      send(output)
    }
  }

  private static func answer(_ line: ArraySlice<UInt8>, _ output: inout [UInt8]) {
    if has(line, "\"invoke\"") {
      output += "{\"type\":\"complete\",\"client\":\(number(line, "\"client\":")),".utf8
      output += "\"id\":\(number(line, "\"id\":")),\"outcome\":\"ok\"}\n".utf8
    } else if has(line, "\"open\"") {
      output += "{\"type\":\"open_ok\",\"client\":\(number(line, "\"client\":"))}\n".utf8
    } else if has(line, "\"init\"") {
      output += "{\"type\":\"init_ok\",\"functions\":[\"add\",\"read\",\"call\"]}\n".utf8
    } else if has(line, "\"setup\"") {
      output += "{\"type\":\"setup_ok\"}\n".utf8
    }
  }

  private static func send(_ output: [UInt8]) {
    var done = 0
    while done < output.count {
      let count = output[done...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      guard count > 0 else { exit(1) }
      done += count
    }
  }

  /// The place behind a word.
  private static func place(_ line: ArraySlice<UInt8>, _ word: StaticString) -> Int? {
    let count = word.utf8CodeUnitCount
    return line.withUnsafeBytes { bytes in
      for start in 0..<max(0, bytes.count - count + 1)
      where memcmp(bytes.baseAddress! + start, word.utf8Start, count) == 0 {
        return line.startIndex + start + count
      }
      return nil
    }
  }

  private static func has(_ line: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
    !line.isEmpty && place(line, word) != nil
  }

  private static func number(_ line: ArraySlice<UInt8>, _ word: StaticString) -> Int {
    guard let start = place(line, word) else { return 0 }
    var number = 0
    for byte in line[start...] {
      if byte == UInt8(ascii: " ") && number == 0 { continue }
      guard (48...57).contains(byte) else { break }
      number = number * 10 + Int(byte - 48)
    }
    return number
  }
}
