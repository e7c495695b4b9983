using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Training;
using R1Reward.Reference.Tests.Rl;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Heads;

public sealed class ScalarTrainingTests
{
    // The trainer logs scores times this constant, where scores are scaled, rounded to four digits.
    private const double LoggedScale = 0.07;

    [ReferenceTheory("rl-and-rewards", "lightrft_srm_training")]
    public void Steps_of_the_published_trainer_agree_in_losses_figures_and_weights(string @case)
    {
        var file = new RlCase(@case);
        string[] names = [.. file.Json["heads"]!.Select(name => (string)name!)];
        foreach (var (name, settings) in file.Cases)
        {
            using var scope = NewDisposeScope();
            var scaled = (bool)settings["scale_for_train"]!;
            var config = new ScalarConfig
            {
                Heads = names,
                ProbingRule = ProbingRule.Published,
                ScaleForTraining = scaled,
            };
            var objective = new ScalarObjective
            {
                Loss = LightRftLossTests.PublishedLoss((string)settings["loss_type"]!, (double)settings["margin"]!),
            };
            using var heads = ScalarHeadTests.Heads(file, config, name + ".start.");
            heads.Parameters.AllocateGradients();
            HeadWatch[] watches = [.. names.Select(head => new HeadWatch(head))];
            double meanLoss = 0;
            foreach (var (step, described) in settings["steps"]!.Index())
            {
                using var inner = NewDisposeScope();
                var labels = described["labels"]!.Select(row => Labels(row, names)).ToList();
                var scores = Scores(file, heads, $"{name}.step{step}.");
                var rows = labels.Count;
                var (first, second) = (scores.narrow(0, 0, rows), scores.narrow(0, rows, rows));
                var loss = objective.Compute(first, second, labels);
                loss.backward();
                meanLoss = (0.9 * meanLoss) + (0.1 * RlCase.Values(loss)[0]);
                var logs = described["logs"]!;
                file.Close((double)logs["loss"]!, RlCase.Values(loss)[0], $"{name} step {step} loss");
                file.Close((double)logs["loss_mean"]!, meanLoss, $"{name} step {step} mean loss");
                foreach (var (head, watch) in watches.Index())
                {
                    PreferenceLabel?[] own = [.. labels.Select(row => row[head])];
                    var (a, b) = (first.select(1, head), second.select(1, head));
                    var (left, right) = (RlCase.Values(a), RlCase.Values(b));
                    var pairLoss = objective.OfHead(a, b, own) is { } pairs
                        ? (double?)RlCase.Values(pairs.mean())[0]
                        : null;
                    var figures = watch.Next(
                        [.. own.Select((label, i) => ((double)left[i], (double)right[i], label))], pairLoss);
                    CheckFigures(file, logs, names[head], figures, scaled, $"{name} step {step}");
                }

                if (step == 0)
                {
                    foreach (var spec in heads.Parameters.Specs)
                    {
                        file.Close($"{name}.grad_step0.{spec.Name}", heads.Parameters[spec.Name].grad!);
                    }
                }

                Descend(heads, (double)settings["learning_rate"]!);
            }

            foreach (var spec in heads.Parameters.Specs)
            {
                file.Close($"{name}.end.{spec.Name}", heads.Parameters[spec.Name]);
            }
        }
    }

    private static void CheckFigures(
        RlCase file, JToken logs, string head, HeadMetrics figures, bool scaled, string where)
    {
        // A step without decided pairs logs zeros and keeps the means.
        var decided = figures.Pairs > 0;
        void Check(string key, double actual) => file.Close(
            (double)logs[$"{head}_{key}"]!, decided ? actual : 0, $"{where} {head}_{key}");
        double Logged(double score) => scaled ? Math.Round(score * LoggedScale, 4) : score;
        Check("loss", figures.Loss ?? 0);
        Check("acc", figures.Accuracy ?? 0);
        Check("loss_mean", figures.MeanLoss);
        Check("acc_mean", figures.MeanAccuracy);
        Check("chosen_reward", Logged(figures.Chosen ?? 0));
        Check("reject_reward", Logged(figures.Rejected ?? 0));
    }

    /// <summary>Both candidates in one batch, filled on the left to a common length, as the trainer does.</summary>
    private static Tensor Scores(RlCase file, ScalarHeads heads, string prefix)
    {
        var (first, second) = (file.Integers(prefix + "ids0"), file.Integers(prefix + "ids1"));
        var width = Math.Max(first.size(1), second.size(1));
        var ids = cat([Filled(first, width), Filled(second, width)], 0);
        var layers = file.Tensors.Shape("table")[0] - 1;
        return heads.Score(
            ScalarHeadTests.States(file, heads.Config.StatesAfter(layers), ids), null, training: true);
    }

    private static Tensor Filled(Tensor ids, long width) =>
        cat([zeros(ids.size(0), width - ids.size(1), dtype: ScalarType.Int64, device: CPU), ids], 1);

    private static PreferenceLabel?[] Labels(JToken row, IEnumerable<string> heads) =>
    [
        .. heads.Select(head => (string?)row[head] switch
        {
            "A" => PreferenceLabel.First,
            "B" => PreferenceLabel.Second,
            _ => (PreferenceLabel?)PreferenceLabel.Tie,
        }),
    ];

    private static void Descend(ScalarHeads heads, double rate)
    {
        using var mode = no_grad();
        foreach (var spec in heads.Parameters.Specs)
        {
            heads.Parameters[spec.Name].add_(heads.Parameters[spec.Name].grad!, -rate);
        }

        heads.Parameters.ZeroGradients();
    }
}
