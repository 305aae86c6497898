/// The line of the first YAML alias, `*name` with an anchor `&name` before it, or `nil` where there is none.
///
/// It runs before the YAML library sees the text: nested aliases let a few lines stand for a tree too large to hash or
/// walk. Quotes and comments are not looked at, so no alias can hide; a text that holds both `&name` and `*name` in a
/// comment is refused as well.
func lineOfAlias(in text: String) -> Int? {
  var line = 1
  var anchors: Set<[UInt8]> = []
  var name: [UInt8] = []
  var mark: UInt8?
  for byte in text.utf8 {
    if mark != nil, isNameByte(byte) {
      name.append(byte)
      continue
    }
    if mark == UInt8(ascii: "&"), !name.isEmpty { anchors.insert(name) }
    if mark == UInt8(ascii: "*"), anchors.contains(name) { return line }
    name.removeAll(keepingCapacity: true)
    mark = byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*") ? byte : nil
    if byte == UInt8(ascii: "\n") { line += 1 }
  }
  return mark == UInt8(ascii: "*") && anchors.contains(name) ? line : nil
}

/// Letters, digits, `_` and `-`, of which YAML makes anchor names.
private func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
    true
  default: false
  }
}
