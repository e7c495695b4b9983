using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// Makes pairs of rows of one's own. The program reads the file (JSON lines, a JSON list, CSV or Parquet) and says
/// where a row stands; the handler sees one row at a time. A dataset address names it as
/// <c>Namespace.Class@assembly.dll:path</c>; the class is public, with a constructor without parameters.
/// </summary>
public interface IRowHandler
{
    /// <summary>The pairs of a row: one, several, or none where the row is to be passed over.</summary>
    /// <param name="row">The row as it stands in the file.</param>
    /// <param name="index">Its place among the rows, from 0: part of a pair's id, since ids must differ.</param>
    /// <returns>Pairs whose media start at the file's folder where their paths are relative.</returns>
    /// <exception cref="RowException">The row is wrong: which field, and what it should hold.</exception>
    IEnumerable<PreferencePair> Read(JObject row, int index);
}
