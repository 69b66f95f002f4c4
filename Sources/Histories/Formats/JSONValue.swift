internal import Basics

/// One value as JSON text and back without a loss, in the manner of `JSONText`.
package struct JSONValue: Sendable {
  private var source = ByteSource()
  private var form = JSONForm(.faultline)

  /// A reader for any number of texts, one after the other.
  package init() { source.complete() }

  /// Appends the value's text.
  package static func write(_ value: Value, _ values: Values, to output: inout [UInt8]) {
    JSONText.write(value, values, to: &output)
  }

  /// - Throws: when the text is not exactly one value.
  package mutating func value(
    _ text: Span<UInt8>, _ values: inout Values
  ) throws(FormatError) -> Value {
    source.replace(with: text)
    form.reset()
    do throws(ParseStop) {
      let value = try form.value(&source, &values)
      JSONForm.skipBlank(&source)
      guard source.peek == nil else { throw ParseStop.wrong(at: source.position, "a second value") }
      return value
    } catch {
      switch error {
      case .incomplete: throw source.error(at: source.limit, "the text ends inside a value")
      case .wrong(let position, let message): throw source.error(at: position, message)
      }
    }
  }
}
