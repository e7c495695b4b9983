using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Models;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Actors.Tests.Workers.Learn;

public sealed class RankLikenessTests : IDisposable
{
    private static readonly RankSeat _seat =
        new(0, [new RankMember("one", "http://one", "node-1"), new RankMember("other", "http://other", "node-2")]);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("r1reward.run.seed=0", ScalarType.Float32, null)]
    [InlineData("r1reward.run.seed=1", ScalarType.Float32, "other has other weights than one: r1reward.model.path")]
    [InlineData(
        "r1reward.model.init.intermediate-size=32", ScalarType.Float32, "other has a model of another shape than one:")]
    [InlineData(
        "r1reward.run.seed=0",
        ScalarType.BFloat16,
        "one computes in Float32 and other in BFloat16: write r1reward.learner.dtype")]
    public void A_rank_with_another_model_is_refused_by_name(string setting, ScalarType dtype, string? refusal)
    {
        var (one, other) = (new Pair(), new Pair());
        var first = Of("one", "r1reward.run.seed=0", ScalarType.Float32);
        var second = Of("other", setting, dtype);
        first.Require(one, _seat);
        second.Require(other, _seat);
        one.Other = other.Own;

        var mistake = Record.Exception(() => first.Require(one, _seat));

        Assert.Equal(refusal is null, mistake is null);
        if (refusal is not null)
        {
            Assert.StartsWith(
                refusal, Assert.IsType<UserErrorException>(mistake).Message, StringComparison.Ordinal);
        }
    }

    // Beside an adapter the weights of the model are not trained, and nobody takes them over.
    private RankLikeness Of(string name, string setting, ScalarType dtype)
    {
        var runs = _folder.At(name);
        var settings = RunSettings.Read(TinyRun.Configuration(runs, 0, setting).Reader());
        var folder = new RunFolder(Path.Combine(runs, "tiny"));
        using var model = Checkpoint.Load(
            StartingModel.Prepare(settings, folder, PairSources.Open(settings)), CPU, dtype);
        LoraAdapter.Create(model, new LoraConfig { Rank = 2 }, seed: 1);
        return new RankLikeness("learner", model, frozen: null);
    }

    // Gives back what was said to it, and what another one is to have said.
    private sealed class Pair : ICollective
    {
        public double[]? Own { get; private set; }

        public double[]? Other { get; set; }

        public int Rank => 0;

        public int Count => 2;

        public void ReduceScatter(Tensor flat) => throw new InvalidOperationException();

        public void AllGather(Tensor flat) => throw new InvalidOperationException();

        public double[][] Gather(double[] own)
        {
            Own = own;
            return [own, Other ?? own];
        }

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
