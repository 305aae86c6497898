import LacunaFigures
import MaskedRegression

extension FitResult {
  /// What is left of each coordinate's mean square, held out, the best predicted first; nil where nothing is predicted.
  ///
  /// Under every mask, and at one ridge too: E_k / v_k = 1 − R²_k, the mean over the coordinates across.
  public func coordinatesFigure() -> Figure? {
    let left = (0..<coordinateCount).compactMap { k in rSquared(of: k).map { 1 - $0 } }.filter(\.isFinite).sorted()
    guard let least = left.first, let greatest = left.last, greatest > 0 else { return nil }
    // Of many, as many as can be told apart.
    let shown = min(left.count, 400)
    let points = (0..<shown).map { index -> Figure.Point in
      let rank = shown == 1 ? 0 : Int((Double(index) * Double(left.count - 1) / Double(shown - 1)).rounded())
      return Figure.Point(Double(rank + 1), left[rank])
    }
    let mean = left.reduce(0, +) / Double(left.count)
    let isWide = least > 0 && greatest / least > 20
    return Figure(panels: [
      Figure.Panel(
        xLabel: "coordinates, best predicted first", yLabel: "error held out / mean square", yLogarithmic: isWide,
        series: [Figure.Series(.markers, name: "a coordinate", group: 0, points: points)],
        horizontalMarks: [Figure.Mark(1, "predicting nothing"), Figure.Mark(mean, "their mean")])
    ])
  }
}
