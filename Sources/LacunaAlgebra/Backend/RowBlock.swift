/// The height of blocks of rows where a backend has no choice of its own.
package enum RowBlock {
  /// 32 MiB of float64, and 256 rows at least.
  package static func usual(columns: Int) -> Int { max(256, (1 << 22) / max(columns, 1)) }
}
