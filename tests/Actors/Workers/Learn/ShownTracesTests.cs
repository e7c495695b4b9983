using R1Reward.Actors.Tests.Coordination;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Rollout.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.Learn;

public sealed class ShownTracesTests : IDisposable
{
    private static readonly VisionConfig Tower = new()
    {
        Family = VisionFamily.Qwen25,
        Depth = 1,
        Width = 16,
        OutputWidth = 16,
        Heads = 2,
        IntermediateSize = 16,
        RotarySections = [1, 1, 2],
        ImageTokenId = 1,
        VideoTokenId = 2,
    };

    private readonly TempFolder _folder = new();
    private readonly MediaStore _store =
        new(new MediaProcessor(new PreprocessorConfig(), new PreprocessorConfig()), new MediaConfig(Tower));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_trace_whose_picture_this_host_lacks_is_left_out_by_name_and_the_others_stay_in_order()
    {
        File.WriteAllBytes(_folder.At("here.png"), SceneImage.Noise(3, CounterRandom.For(1, "picture")));
        ScoredTrace[] batch = [Scored("a", "here.png"), Scored("b", "away.png"), Scored("c"), Scored("d", "here.png")];

        var (traces, media, leftOut) = ShownTraces.Load(batch, _store, OneRank.Alone, default);

        Assert.Equal([batch[0], batch[2], batch[3]], traces);
        Assert.Equal([1, 0, 1], media.Select(patches => patches.Count));
        Assert.StartsWith($"b: {_folder.At("away.png")}: Missing", Assert.Single(leftOut));
    }

    [Fact]
    public void Where_no_trace_can_be_shown_the_first_reason_is_a_user_s_to_correct()
    {
        var error = Assert.Throws<UserErrorException>(
            () => ShownTraces.Load([Scored("a", "away.png"), Scored("b", "gone.png")], _store, OneRank.Alone, default));

        Assert.StartsWith($"a: {_folder.At("away.png")}: Missing", error.Message);
    }

    [Fact]
    public void A_model_that_reads_text_only_is_shown_every_trace()
    {
        var (traces, media, leftOut) = ShownTraces.Load([Scored("a", "away.png")], store: null, OneRank.Alone, default);

        Assert.Equal((1, 1, 0), (traces.Count, media.Length, leftOut.Count));
    }

    private ScoredTrace Scored(string id, params string[] pictures)
    {
        var trace = MachineRun.TraceOf(id, MachineRun.PairOf("p"), 2, "text") with
        {
            Media = [.. pictures.Select(picture => new MediaItem(MediaKind.Image, _folder.At(picture)))],
        };
        return new ScoredTrace(trace, 0, 1, [1]);
    }
}
