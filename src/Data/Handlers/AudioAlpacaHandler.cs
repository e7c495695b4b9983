using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>Audio-Alpaca: Parquet, one file or a folder of them, with the files of both sounds in the row.</summary>
internal sealed class AudioAlpacaHandler : IDatasetHandler
{
    /// <inheritdoc/>
    public string Source => "audio-alpaca";

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path) => HandledRow.ReadAll(path, row => [Compare(row)]);

    private Comparison Compare(HandledRow row) => new()
    {
        Source = Source,
        Task = "text-to-audio",
        Prompt = row.Text("prompt"),
        First = ComparedMedium.Inside("chosen_audio", MediaKind.Audio, row.Bytes("chosen")),
        Second = ComparedMedium.Inside("rejected_audio", MediaKind.Audio, row.Bytes("rejected")),
        Labels = Labels.For(PreferenceLabel.First),
        IsExchangeable = true,
        Meta = new JObject
        {
            ["source"] = Source,
            ["prompt"] = row["prompt"],
            ["strategy"] = row["strategy"],
        },
    };
}
