using R1Reward.Data.Media;

namespace R1Reward.Data.Handlers;

/// <summary>The sets that a dataset address can name.</summary>
public static class DatasetHandlers
{
    /// <summary>A handler for each source.</summary>
    public static IReadOnlyList<IDatasetHandler> All { get; } =
    [
        new Hpdv3Handler(),
        new ImageRewardHandler(),
        new OmniRewardHandler("omnirewardbench-t2i", MediaKind.Image, ("response1_path", "response2_path")),
        new OmniRewardHandler("omnirewardbench-t2v", MediaKind.Video, ("response1", "response2")),
        new OmniRewardHandler("omnirewardbench-t2a", MediaKind.Audio, ("response1_path", "response2_path")),
        new RapidataHandler("rapidata-t2v", fromImage: false),
        new RapidataHandler("rapidata-i2v", fromImage: true),
        new AudioAlpacaHandler(),
        new ImageGenCotHandler(),
        new GenAiBenchHandler(videos: false),
        new GenAiBenchHandler(videos: true),
        new VideoDpoHandler(),
        new VideoGenHandler(),
    ];

    /// <summary>The handler of a source; null where there is none.</summary>
    public static IDatasetHandler? Find(string source) => All.FirstOrDefault(handler => handler.Source == source);
}
