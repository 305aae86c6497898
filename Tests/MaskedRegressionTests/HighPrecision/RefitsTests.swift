import Testing

/// The reference itself, against matrix inverses of mpmath 1.3 at 220 digits, printed to 17.
@Suite struct RefitsTests {
  static func value(_ i: Int, _ k: Int) -> Double {
    let number: Int = (7 * i + 5 * k + i * i * (k + 1)) % 13
    return Double(number - 6) / 4
  }

  private static func rows(_ n: Int, _ d: Int, _ change: (Int, [Double]) -> [Double] = { $1 }) -> [[Double]] {
    (0..<n).map { i in change(i, (0..<d).map { value(i, $0) }) }
  }

  private static func expectClose(_ a: [Double], _ b: [Double], floor: Double = 0) {
    #expect(a.count == b.count)
    for (x, y) in zip(a, b) { #expect(abs(x - y) <= max(4e-15 * abs(y), floor)) }
  }

  /// A row 2⁴⁰ times as large as the others.
  @Test func farSample() {
    let x = Self.rows(9, 4) { i, row in i == 3 ? row.map { $0 * 0x1p40 } : row }
    let refits = Refits(x, ridge: 0.1, centered: true)
    Self.expectClose(
      refits.training, [0.79734171873933158, 0.87203559241916306, 0.29339093061927171, 0.26428883307995139])
    Self.expectClose(
      refits.leaveOneOut,
      [2.0220391712159075e+22, 2.0554344132486734e+21, 5.3471233963384911e+20, 4.1920484162627798e+21])
    Self.expectClose(
      refits.gcv, [2.2652697516106573, 2.3042749262619017, 0.82984251712966786, 0.76195658367443329])
  }

  @Test func fewSamplesAndLittleRidge() {
    let refits = Refits(Self.rows(4, 7), ridge: 1e-9, centered: false)
    Self.expectClose(
      refits.training,
      [
        1.157211375885706e-17, 1.3633655516716688e-18, 1.4104782130541818e-18, 5.5593929480000577e-18,
        8.6749167173708913e-18, 1.7902592308221997e-18, 1.2470935556040287e-17,
      ])
    Self.expectClose(
      refits.leaveOneOut,
      [
        1.7184153350786323, 0.6739063028178917, 0.5899473828902439, 1.4291563840285561, 1.2088481248532907,
        0.54410490533175415, 1.0489854516338584,
      ])
    Self.expectClose(
      refits.gcv,
      [
        2.3489093105740579, 0.52574476924283073, 0.51913988576428868, 1.4714889893479034, 1.6932305341773,
        0.68403947507573198, 2.0533657623217486,
      ])
  }

  /// The limit, evaluated at λ = 10⁻⁷⁰ there and further down here; columns 0 and 3 are the same.
  @Test func repeatedColumnWithoutRidge() {
    let refits = Refits(Self.rows(8, 3).map { $0 + [$0[0]] }, ridge: 0, centered: true)
    let floor = 1e-130
    Self.expectClose(refits.training, [0, 0.86112009447674419, 0.44701109509869017, 0], floor: floor)
    Self.expectClose(refits.leaveOneOut, [0, 2.8459013451369247, 1.5482411857064894, 0], floor: floor)
    Self.expectClose(refits.gcv, [0, 2.2044674418604651, 1.1443484034526468, 0], floor: floor)
  }

  @Test func nearlyCollinear() {
    let x = Self.rows(8, 3).map { [$0[0], $0[1], $0[0] + $0[1] + 1e-9 * $0[2]] }
    let refits = Refits(x, ridge: 1e-13, centered: false)
    Self.expectClose(
      refits.training, [5.1479695833172818e-19, 5.147969361416275e-19, 5.147968699905308e-19])
    Self.expectClose(
      refits.leaveOneOut, [9.6990005036345601e-19, 9.6973978663296953e-19, 9.6978909137641954e-19])
    Self.expectClose(refits.gcv, [9.1519459258956277e-19, 9.1519455314051762e-19, 9.1519443553863496e-19])
  }
}
