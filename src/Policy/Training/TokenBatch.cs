using R1Reward.Policy.Models.Vision;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Rows as tensors: ids (B, T) padded on the right, without each row's last token, which nothing follows; the places
/// (N) in the flattened (B*T) whose next token is a target; those targets (N), row after row; for each of them whether
/// it is of a reply (N), 1 or 0; the rows' media.
/// </summary>
internal sealed record TokenBatch(
    Tensor IdsBT, Tensor PlacesN, Tensor TargetsN, Tensor OfRepliesN, MediaInputs? Media)
{
    internal static TokenBatch From(IReadOnlyList<TrainingRow> rows, Device device)
    {
        var tokens = rows.Max(row => row.Tokens.Length) - 1;
        var ids = new long[rows.Count * tokens];
        var places = new List<long>();
        var targets = new List<long>();
        var ofReplies = new List<float>();
        for (var b = 0; b < rows.Count; b++)
        {
            var row = rows[b];
            for (var t = 0; t + 1 < row.Tokens.Length; t++)
            {
                ids[(b * tokens) + t] = row.Tokens[t];
                if (row.Targets[t + 1])
                {
                    places.Add((b * tokens) + t);
                    targets.Add(row.Tokens[t + 1]);
                    ofReplies.Add(t + 1 < row.Before ? 0 : 1);
                }
            }
        }

        return new(
            tensor(ids, dtype: ScalarType.Int64, device: device).view(rows.Count, tokens),
            tensor(places.ToArray(), dtype: ScalarType.Int64, device: device),
            tensor(targets.ToArray(), dtype: ScalarType.Int64, device: device),
            tensor(ofReplies.ToArray(), device: device),
            MediaInputs.From(rows.Select(row => row.Media)));
    }
}
