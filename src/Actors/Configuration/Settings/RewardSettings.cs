using R1Reward.Data.Handlers;
using R1Reward.Data.Judging;
using R1Reward.Data.Options;
using R1Reward.Policy.Advantages;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Watch;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How traces are rewarded.</summary>
public sealed record RewardSettings
{
    private const string Section = "r1reward.rewards.";

    // A run that earned by the last digit anywhere would learn to leave the answer out.
    private static readonly Dictionary<string, AnswerReading> Readings = new[]
    {
        AnswerReading.Strict, AnswerReading.Lenient,
    }.ToDictionary(EnumNames.Dashed);

    /// <summary>How several terms become one advantage.</summary>
    public required RewardAggregation Aggregation { get; init; }

    /// <summary>The terms of training.</summary>
    public required IReadOnlyList<RewardDefinition> Terms { get; init; }

    /// <summary>
    /// Whether the configuration names terms; otherwise <see cref="Terms"/> is the R1 composition alone.
    /// </summary>
    public required bool NamesTerms { get; init; }

    /// <summary>The terms of evaluations.</summary>
    public required IReadOnlyList<RewardDefinition> EvalTerms { get; init; }

    /// <summary>
    /// <c>r1reward.judging.answer</c>: how an answer must be written to count, in rewards, figures and votes alike.
    /// </summary>
    public required AnswerReading Answer { get; init; }

    /// <summary>What a trace is worth of which a term gave no number.</summary>
    public required UndecidedTerms Undecided { get; init; }

    /// <summary>How a verdict is valued where nothing else says so.</summary>
    public required R1Form Composition { get; init; }

    /// <summary>Whether the consistency judge may be asked at all.</summary>
    public required bool Consistency { get; init; }

    /// <summary>When figures that drift are warned of.</summary>
    public required WatchOptions Watch { get; init; }

    /// <summary>Where relative paths among the terms' options start.</summary>
    public required string Folder { get; init; }

    /// <summary>Reads the keys under <c>r1reward.rewards</c>.</summary>
    public static RewardSettings Read(SettingsReader reader)
    {
        var form = reader.OneOf<R1Form>(Section + "composition");
        var consistency = reader.Flag(Section + "consistency");
        var terms = Definitions(reader, "terms");
        var evaluation = Definitions(reader, "eval-terms");
        if (!consistency && terms.Concat(evaluation).Any(term => term.Holds("consistency")))
        {
            reader.Refuse(
                Section + "consistency",
                "a term of type consistency asks the judge: write on, or take the term out");
        }

        IReadOnlyList<RewardDefinition> training = terms.Count > 0 ? terms : [R1Term.Definition(form, consistency)];
        return new RewardSettings
        {
            Aggregation = AggregationOf(reader, training.Count),
            Terms = training,
            NamesTerms = terms.Count > 0,
            EvalTerms = evaluation.Count > 0 ? evaluation : training,
            Answer = reader.OneOf("r1reward.judging.answer", Readings),
            Undecided = reader.OneOf<UndecidedTerms>(Section + "undecided"),
            Composition = form,
            Consistency = consistency,
            Watch = ReadWatch(reader),
            Folder = reader.File(Section + "folder"),
        };
    }

    /// <summary>What the terms of a run need from outside.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="judge">Opens the judge's client.</param>
    /// <param name="time">The clock.</param>
    public static RewardServices Services(
        RunSettings settings, Func<JudgeOptions, IJudgeClient> judge, TimeProvider time)
    {
        var options = settings.Judge.Options;
        var folder = settings.Data.Train.Length > 0 ? Dataset.FolderOf(settings.Data.Train) : settings.Rewards.Folder;
        return new RewardServices
        {
            Judge = options.Endpoints.Length > 0 ? () => judge(options) : null,
            Remote = server => new RemoteRewardClient(server, time),
            MaxReplyTokens = settings.Rollout.Sampling.MaxNewTokens,
            Folder = settings.Rewards.Folder,
            Fetch = settings.Model.Media.Decoding.Fetch,
            MediaFolder = folder,
        };
    }

    private static WatchOptions ReadWatch(SettingsReader reader)
    {
        const string watch = Section + "watch.";
        return new WatchOptions
        {
            Window = Math.Max(1, reader.Whole(watch + "window", 1)),
            LengthCorrelation = reader.Number(watch + "length-correlation", 0, 1),
            FirstExcess = reader.Number(watch + "first-excess", 0, 1),
            Undecided = reader.Number(watch + "undecided", 0, 1),
            Drop = reader.Number(watch + "drop", 0, 1),
        };
    }

    // With one term both are the same; with several the choice changes what is learned, so it is the user's.
    private static RewardAggregation AggregationOf(SettingsReader reader, int terms)
    {
        const string key = Section + "aggregation";
        if (reader.Text(key).Length > 0)
        {
            return reader.OneOf<RewardAggregation>(key);
        }

        if (terms > 1)
        {
            reader.Refuse(
                key,
                "several terms need a choice: write sum (the weighted sum is the reward) or gdpo (each term is " +
                "standardised within its group first)");
        }

        return RewardAggregation.Sum;
    }

    private static List<RewardDefinition> Definitions(SettingsReader reader, string list)
    {
        var key = Section + list;
        return [.. reader.Entries(key).Select((entry, i) =>
            RewardDefinition.Read(reader.InEntry(key, i, entry), entry))];
    }
}
