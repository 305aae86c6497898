import LacunaAlgebra

extension LawChecker {
  /// Sums of residuals against their definitions in float64, in units of ε·(order + terms)·Σ(Σ|products|)², the same with
  /// rows and columns exchanged for the other operation.
  func residualSums(_ rows: Int, _ order: Int) {
    let shape = "\(rows) × \(order)"
    let x = backend.rounded(.random(rows, order, seed: 11))
    let noise = Dense.random(order, order, seed: 12)
    let q = backend.rounded(
      Dense(rows: order, columns: order) { 0.1 * (noise[$0, $1] + noise[$1, $0]) / Double(order) + ($0 == $1 ? 1 : 0) })
    let sizes = backend.rounded(Dense.random(1, order, seed: 13).values.map { 0.5 + abs($0) })
    let factors = backend.rounded(Dense.random(1, order, seed: 14).values.map { 0.5 + abs($0) })
    let n = 8 * order + 37
    let terms = ResidualTerms(
      sampleCount: n, sizes: sizes, diagonal: factors, share: 1 / Double(n), rounding: (1e-3, 1e-2, 1e-4))
    let found = definitions(x, q, sizes: sizes)
    measure("sampleResidualSums", shape, bound: 8) {
      let weights = (15...17).map { Dense.random(1, order, seed: $0).values.map { abs($0) } }
      let rowTerms = ResidualRowTerms(squares: weights[0], shares: weights[1], units: weights[2])
      let sums = try backend.sampleResidualSums(
        of: try backend.matrix(x), resolvent: try backend.matrix(q), terms: terms, rows: rowTerms)
      let alone = try backend.sampleResidualSums(
        of: try backend.matrix(x), resolvent: try backend.matrix(q), terms: terms)
      var expected = SampleResidualSums(coordinateCount: order)
      var worst = WorstResidual()
      let complements = found.products.map { 1 - $0 / Double(n) - terms.share }
      for i in 0..<rows {
        expected.add(row: i, complement: complements[i], form: found.forms[i], size: found.sizes[i], terms: terms)
      }
      for k in 0..<order {
        var (squares, left, scale, leftScale) = (0.0, 0.0, 0.0, 0.0)
        for i in 0..<rows {
          let own = complements[i] * factors[k] + found.r[i, k] * found.r[i, k] / Double(n)
          squares += found.r[i, k] * found.r[i, k]
          left += (found.r[i, k] / own) * (found.r[i, k] / own)
          scale += found.absolute[i, k] * found.absolute[i, k]
          leftScale += (found.absolute[i, k] / own) * (found.absolute[i, k] / own)
        }
        let unit = epsilon * Double(order + rows)
        worst.add(abs(sums.squares[k] - squares), unit: unit * scale)
        worst.add(abs(sums.leftOut[k] - left), unit: unit * leftScale)
      }
      let unit = epsilon * Double(order + rows)
      worst.add(abs(sums.complements - expected.complements), unit: unit * Double(rows))
      worst.add(abs(sums.errors - expected.errors), unit: unit * expected.errors)
      worst.add(abs(sums.relativeErrors - expected.relativeErrors), unit: unit * expected.relativeErrors)
      worst.add(abs(sums.worst - expected.worst), unit: unit * expected.worst)
      for k in 0..<order {
        // Whether rows are summed too says nothing of the sums.
        worst.add(abs(sums.squares[k] - alone.squares[k]), unit: unit * sums.squares[k])
        worst.add(abs(sums.leftOut[k] - alone.leftOut[k]), unit: unit * sums.leftOut[k])
      }
      worst.add(
        rowSums(
          sums.rows, rowTerms,
          residuals: Dense(rows: rows, columns: order) { i, k in
            found.r[i, k] / (complements[i] * factors[k] + found.r[i, k] * found.r[i, k] / Double(n))
          },
          sizes: Dense(rows: rows, columns: order) { i, k in
            found.absolute[i, k] / abs(complements[i] * factors[k] + found.r[i, k] * found.r[i, k] / Double(n))
          }), unit: 1)
      return worst.value
    }
    measure("coordinateResidualSums", shape, bound: 8) {
      let turned = Dense(rows: order, columns: rows) { x[$1, $0] }
      let sums = try backend.coordinateResidualSums(
        of: try backend.matrix(turned), resolvent: try backend.matrix(q), terms: terms)
      var worst = WorstResidual()
      for k in 0..<rows {
        let p = 1 - found.products[k] / Double(n)
        var (squares, left, scale, leftScale) = (0.0, 0.0, 0.0, 0.0)
        for i in 0..<order {
          let own = factors[i] * p + found.r[k, i] * found.r[k, i] / Double(n)
          squares += found.r[k, i] * found.r[k, i]
          left += (found.r[k, i] / own) * (found.r[k, i] / own)
          scale += found.absolute[k, i] * found.absolute[k, i]
          leftScale += (found.absolute[k, i] / own) * (found.absolute[k, i] / own)
        }
        let unit = epsilon * Double(2 * order)
        worst.add(abs(sums.squares[k] - squares), unit: unit * scale)
        worst.add(abs(sums.leftOut[k] - left), unit: unit * leftScale)
        worst.add(abs(sums.explained[k] - found.products[k]), unit: unit * Double(n))
        worst.add(abs(sums.forms[k] - found.forms[k]), unit: unit * 2 * scale)
        worst.add(abs(sums.sizes[k] - found.sizes[k]), unit: unit * found.sizes[k])
      }
      return worst.value
    }
  }

  /// How far sums over each sample's residuals are from their definition, in the units above.
  /// - Parameter e: the residuals, and what they are in size where nothing cancels.
  private func rowSums(
    _ found: ResidualRowSums?, _ terms: ResidualRowTerms, residuals e: Dense, sizes: Dense
  ) -> Double {
    let (rows, order) = (e.rows, e.columns)
    guard let found, found.rows.count == rows else { return .infinity }
    var worst = WorstResidual()
    let unit = epsilon * Double(order + rows)
    for i in 0..<rows {
      /// Against Σ_k w_k a_k b_k.
      func compare(_ value: Double, _ weights: (Int) -> Double, with j: Int) {
        worst.add(
          abs(value - (0..<order).reduce(0) { $0 + weights($1) * e[i, $1] * e[j, $1] }),
          unit: unit * (0..<order).reduce(0) { $0 + weights($1) * sizes[i, $1] * sizes[j, $1] })
      }
      compare(found.rows[i].square, { terms.squares[$0] }, with: i)
      compare(found.rows[i].share, { terms.shares[$0] }, with: i)
      compare(found.rows[i].own, { terms.units[$0] * terms.units[$0] }, with: i)
      if i > 0 {
        compare(found.rows[i].product, { terms.units[$0] * terms.units[$0] }, with: i - 1)
      } else {
        worst.add(abs(found.rows[i].product), unit: .leastNonzeroMagnitude)
      }
    }
    for k in 0..<order {
      worst.add(
        abs(found.sums[k] - (0..<rows).reduce(0) { $0 + terms.units[k] * e[$1, k] }),
        unit: unit * (0..<rows).reduce(0) { $0 + terms.units[k] * sizes[$1, k] })
    }
    return worst.value
  }

  /// R = XQ and Σ_j |x_ij q_jk|; x_iᵀR_i, ‖DR_i‖², ‖D⁻¹x_i‖² of the rows.
  private func definitions(
    _ x: Dense, _ q: Dense, sizes: [Double]
  ) -> (r: Dense, absolute: Dense, products: [Double], forms: [Double], sizes: [Double]) {
    let order = x.columns
    func product(_ term: (Double) -> Double) -> Dense {
      Dense(rows: x.rows, columns: order) { i, k in (0..<order).reduce(0) { $0 + term(x[i, $1] * q[$1, k]) } }
    }
    let r = product { $0 }
    func rowSums(_ term: (Int, Int) -> Double) -> [Double] {
      (0..<x.rows).map { i in (0..<order).reduce(0) { $0 + term(i, $1) } }
    }
    return (
      r, product { abs($0) }, rowSums { x[$0, $1] * r[$0, $1] }, rowSums { r[$0, $1] * r[$0, $1] * sizes[$1] },
      rowSums { x[$0, $1] * x[$0, $1] / sizes[$1] }
    )
  }
}
