@main struct OrdersAPI {
  static func main() {}
}
