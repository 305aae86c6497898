/// The valid word closest to what was written, or `nil` when none is close.
///
/// Distance: `editDistance`, ignoring case and reading `-` as `_`; at most a third of the longer word and at most three
/// edits (one edit is always close enough).
package func nearestWord(to written: String, among words: [String]) -> String? {
  let source = Array(folded(written).utf8.prefix(64))
  var best: (word: String, distance: Int)?
  for word in words {
    let target = Array(folded(word).utf8)
    let distance = editDistance(source, target)
    let allowed = max(1, min(3, max(source.count, target.count) / 3))
    if distance <= allowed, min(source.count, target.count) > distance, distance < best?.distance ?? .max {
      best = (word, distance)
    }
  }
  return best?.word
}

private func folded(_ word: String) -> String { String(word.lowercased().map { $0 == "-" ? "_" : $0 }) }

/// The least number of insertions, deletions, replacements and exchanges of neighbours from one text to the other
/// (optimal string alignment: no part is edited twice).
func editDistance(_ source: [UInt8], _ target: [UInt8]) -> Int {
  var before: [Int] = []
  var last = Array(0...target.count)
  for (i, byte) in source.enumerated() {
    var row = [i + 1]
    for (j, other) in target.enumerated() {
      var distance = min(last[j] + (byte == other ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, byte == target[j - 1], source[i - 1] == other { distance = min(distance, before[j - 1] + 1) }
      row.append(distance)
    }
    (before, last) = (last, row)
  }
  return last[target.count]
}

/// The remedy for a word that is not valid: the nearest valid one, or all of them.
func remedy(forWord written: String, among words: [String]) -> String {
  if let nearest = nearestWord(to: written, among: words) { return "did you mean \"\(nearest)\"?" }
  return "valid: \(words.joined(separator: ", "))"
}
