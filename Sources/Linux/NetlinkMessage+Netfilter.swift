internal import CLinux
internal import Glibc

/// The requests to the packet filter: nf_tables.h and nfnetlink.h of the kernel.
extension NetlinkMessage {
  private static let table = "faultline"
  private static let chain = "masquerading"

  /// Begins or ends what is to be done as a whole.
  static func batch(_ type: Int32) -> NetlinkMessage {
    var message = NetlinkMessage(type: Int(type))
    message.appendNetfilter(AF_UNSPEC, resource: UInt16(NFNL_SUBSYS_NFTABLES))
    return message
  }

  /// A table for both families.
  static var masqueradingTable: NetlinkMessage {
    tables(NFT_MSG_NEWTABLE, 0) { $0.append(attribute: NFTA_TABLE_NAME.rawValue, text: table) }
  }

  /// What is asked of the first packet of a connection that leaves, after it was routed.
  static var masqueradingChain: NetlinkMessage {
    tables(NFT_MSG_NEWCHAIN, 0) { message in
      message.append(attribute: NFTA_CHAIN_TABLE.rawValue, text: table)
      message.append(attribute: NFTA_CHAIN_NAME.rawValue, text: chain)
      message.append(attribute: NFTA_CHAIN_TYPE.rawValue, text: "nat")
      message.append(nested: NFTA_CHAIN_HOOK.rawValue) { hook in
        // NF_INET_POST_ROUTING and NF_IP_PRI_NAT_SRC.
        hook.append(attribute: NFTA_HOOK_HOOKNUM.rawValue, number: 4)
        hook.append(attribute: NFTA_HOOK_PRIORITY.rawValue, number: 100)
      }
    }
  }

  /// The rule for one interface: where it is the one that the packet leaves by, its address is taken.
  static func masquerading(_ interface: Int32) -> NetlinkMessage {
    tables(NFT_MSG_NEWRULE, Int32(NLM_F_APPEND)) { message in
      message.append(attribute: NFTA_RULE_TABLE.rawValue, text: table)
      message.append(attribute: NFTA_RULE_CHAIN.rawValue, text: chain)
      message.append(nested: NFTA_RULE_EXPRESSIONS.rawValue) { list in
        list.append(expression: "meta") { meta in
          meta.append(attribute: NFTA_META_DREG.rawValue, number: NFT_REG_1.rawValue)
          meta.append(attribute: NFTA_META_KEY.rawValue, number: NFT_META_OIF.rawValue)
        }
        list.append(expression: "cmp") { cmp in
          cmp.append(attribute: NFTA_CMP_SREG.rawValue, number: NFT_REG_1.rawValue)
          cmp.append(attribute: NFTA_CMP_OP.rawValue, number: NFT_CMP_EQ.rawValue)
          cmp.append(nested: NFTA_CMP_DATA.rawValue) { data in
            data.append(attribute: Int(NFTA_DATA_VALUE.rawValue), UInt32(bitPattern: interface))
          }
        }
        list.append(expression: "masq") { _ in }
      }
    }
  }

  /// `NFT_MSG_DELTABLE` of no one table: of all, of every family.
  static var forgetTables: NetlinkMessage {
    var message = NetlinkMessage(
      type: Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(NFT_MSG_DELTABLE.rawValue), flags: Int32(NLM_F_ACK)
    )
    message.appendNetfilter(AF_UNSPEC, resource: 0)
    return message
  }

  /// `IPCTNL_MSG_CT_DELETE` of no one connection: of all.
  static var forgetConnections: NetlinkMessage {
    var message = NetlinkMessage(
      type: Int(NFNL_SUBSYS_CTNETLINK) << 8 | 2, flags: Int32(NLM_F_ACK))
    message.appendNetfilter(AF_UNSPEC, resource: 0)
    return message
  }

  /// Whether the kernel answers it.
  var asksForAnswer: Bool { bytes.number(at: 6, UInt16.self) & UInt16(NLM_F_ACK) != 0 }

  private static func tables(
    _ type: nf_tables_msg_types, _ flags: Int32, _ body: (inout NetlinkMessage) -> Void
  ) -> NetlinkMessage {
    var message = NetlinkMessage(
      type: Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(type.rawValue),
      flags: Int32(NLM_F_ACK) | Int32(NLM_F_CREATE) | flags)
    // NFPROTO_INET: IPv4 and IPv6 alike.
    message.appendNetfilter(1, resource: 0)
    body(&message)
    return message
  }

  private mutating func appendNetfilter(_ family: Int32, resource: UInt16) {
    append(UInt8(family))
    append(UInt8(NFNETLINK_V0))
    append(resource.bigEndian)
  }

  private mutating func append(attribute: UInt32, text: String) {
    append(attribute: Int(attribute), Array(text.utf8) + [0])
  }

  /// Numbers are in the order of the network.
  private mutating func append(attribute: UInt32, number: UInt32) {
    append(attribute: Int(attribute), number.bigEndian)
  }

  private mutating func append(nested attribute: UInt32, _ body: (inout NetlinkMessage) -> Void) {
    append(attribute: Int(attribute) | Int(NLA_F_NESTED), Self.attributes(body))
  }

  private mutating func append(expression: String, _ body: (inout NetlinkMessage) -> Void) {
    append(nested: NFTA_LIST_ELEM.rawValue) { element in
      element.append(attribute: NFTA_EXPR_NAME.rawValue, text: expression)
      element.append(nested: NFTA_EXPR_DATA.rawValue, body)
    }
  }
}
