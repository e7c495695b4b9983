using System.Globalization;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Options;
using R1Reward.Data.Pairs;
using R1Reward.Data.Published;
using R1Reward.Data.Scenes;

namespace R1Reward.Cli.Evaluating;

/// <summary>The pairs of a suite, read again each time they are gone through: none are kept.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="All">The pairs, in the order of the file.</param>
internal sealed record SuitePairs(int Count, IEnumerable<PreferencePair> All)
{
    private const string Scenes = "scenes";
    private const string Own = "dataset";
    private const int UsualScenes = 256;

    /// <summary>All rows of the file that they are made from; none where the program makes them.</summary>
    public IEnumerable<PairFileRow> Rows { get; private init; } = [];

    /// <summary>Names of the suites.</summary>
    public static IReadOnlyList<string> Suites { get; } = [Scenes, .. SuiteTable.Suites, Own];

    /// <summary>Finds the pairs of a plan and says on standard error what is strange about their file.</summary>
    /// <exception cref="UserErrorException">The plan names no such pairs, or a row of the file is bad.</exception>
    public static SuitePairs Find(EvalPlan plan)
    {
        RequireKnown(plan.Suite);
        if (plan.Pairs < 0)
        {
            throw new UserErrorException($"--pairs {plan.Pairs}: write 0 for all, or how many.");
        }

        if (plan.Chunks < 1 || plan.Chunk < 0 || plan.Chunk >= plan.Chunks)
        {
            throw new UserErrorException(
                $"--num-chunks {plan.Chunks} --chunk-idx {plan.Chunk}: of N chunks name one from 0 to N - 1.");
        }

        return ChunkOf(plan.Suite == Scenes ? Made(plan) : InFile(plan), plan);
    }

    /// <summary>Refuses a suite that there is none of.</summary>
    /// <exception cref="UserErrorException">The names that there are.</exception>
    public static void RequireKnown(string suite)
    {
        if (!Suites.Contains(suite))
        {
            throw new UserErrorException($"--suite {suite}: unknown. Write one of {string.Join(", ", Suites)}.");
        }
    }

    /// <summary>The category that a pair of a suite is counted under.</summary>
    public static string CategoryOf(string suite, PreferencePair pair) => suite == Scenes
        ? string.Create(CultureInfo.InvariantCulture, $"grade {pair.Difficulty}")
        : SuiteCategory.Get(pair);

    private static SuitePairs ChunkOf(SuitePairs whole, EvalPlan plan)
    {
        var chunks = RowChunks.Divide(whole.Count, plan.Chunks);
        if (plan.Chunk >= chunks.Count)
        {
            throw new UserErrorException(
                $"--chunk-idx {plan.Chunk}: {whole.Count} pairs in {plan.Chunks} chunks of one size make "
                + $"{chunks.Count}; there is nothing to do here.");
        }

        var (start, count) = chunks[plan.Chunk].GetOffsetAndLength(whole.Count);
        return whole with { Count = count, All = whole.All.Skip(start).Take(count) };
    }

    private static SuitePairs InFile(EvalPlan plan)
    {
        var path = plan.Data ?? throw new UserErrorException($"--suite {plan.Suite}: name its file with --data.");
        var format = plan.Format
            ?? (plan.Suite == Own ? PairFormat.Auto : EnumNames.Values<PairFormat>()[plan.Suite]);
        var (file, count) = Dataset.Check(path, format);
        if (file.IgnoredNote is { } note)
        {
            Console.Error.WriteLine($"{path}: {note}");
        }

        if (file.MediaMissing.Count > 0)
        {
            Console.Error.WriteLine(
                $"{path}: the media of {file.MediaMissing.Count} pairs are not on disk; models that read text judge "
                + "the text, others leave them out");
        }

        var rows = Dataset.ReadRows(path, file.Format);
        var all = rows.SelectMany(row => row.Pairs);
        var pairs = plan.Pairs == 0
            ? new SuitePairs(count, all)
            : new SuitePairs(Math.Min(count, plan.Pairs), all.Take(plan.Pairs));
        return pairs with { Rows = rows };
    }

    private static SuitePairs Made(EvalPlan plan)
    {
        if (plan.Data is not null || plan.Format is not null)
        {
            throw new UserErrorException(
                "--suite scenes: the program makes its pairs itself; leave --data and --format out.");
        }

        var form = plan.Shown switch
        {
            "words" => SceneForm.Words,
            "image" or "noise" => SceneForm.Image,
            "sound" or "sound-noise" => SceneForm.Sound,
            _ => throw new UserErrorException($"--as {plan.Shown}: write words, image, noise, sound or sound-noise."),
        };
        var count = plan.Pairs == 0 ? UsualScenes : plan.Pairs;
        var scenes = new ScenesPairs(new SceneOptions { Grid = 3, Form = form }, plan.Seed, count);
        var isNoise = plan.Shown.EndsWith("noise", StringComparison.Ordinal);
        return new SuitePairs(count, isNoise ? scenes.HeldOutNoise : scenes.HeldOut);
    }
}
