using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.ColdStart;
using R1Reward.Actors.Workers.Scalar;
using R1Reward.Actors.Workers.Stages;
using R1Reward.Policy.Tests.Exchange;
using R1Reward.Policy.Tests.Training;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.Stages;

/// <summary>
/// The memory that a rank takes at the start of a stage whose weights are shared out. It is that of the whole process,
/// so nothing else runs meanwhile.
/// </summary>
[Collection(nameof(StageMemoryTests))]
[CollectionDefinition(nameof(StageMemoryTests), DisableParallelization = true)]
public sealed class StageMemoryTests
{
    private const int Ranks = 8;

    [PeakMemoryFact]
    public void A_rank_of_a_cold_start_has_memory_for_its_part_alone() =>
        HasItsPartAlone("sft", (settings, folder) => ColdStartState.Stage(settings, folder));

    [PeakMemoryFact]
    public void A_rank_that_trains_a_scalar_model_has_memory_for_its_part_of_the_decoder_alone() =>
        HasItsPartAlone("srm", (settings, _) => ScalarState.Stage(settings));

    private static void HasItsPartAlone(string stage, Func<RunSettings, RunFolder, Stage> stageOf)
    {
        using var runs = new TempFolder();
        var folder = new RunFolder(runs.At("tiny"));
        var settings = RunSettings.Read(TinyRun.Configuration(
            runs.Path,
            0,
            [
                .. StageBench.Sharded(stage, "parameters"), "r1reward.model.init.hidden-size=512",
                "r1reward.model.init.intermediate-size=2048", "r1reward.model.init.layers=6",
            ]).Reader());
        var model = StartingModel.Prepare(settings, folder, PairSources.Open(settings));
        var whole = new FileInfo(Path.Combine(model, "model.safetensors")).Length;
        var trained = stageOf(settings, folder);
        var peak = PeakMemory.Measure(() =>
        {
            using var ranks = new SilentRanks(Ranks);
            using var state = trained.Load(model, new TrainingCheckpoint(folder.Absolute(trained.Partial)), ranks);
        });
        // The part of the weights, of their gradients and of two moments; some of it was resident before.
        Assert.InRange(peak, whole * 3 / Ranks, whole * 6 / Ranks);
    }
}
