using Newtonsoft.Json.Linq;
using R1Reward.Actors.Workers.Judge;
using R1Reward.Data.Formats;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Annotation;
using R1Reward.Rewards.Judge;

namespace R1Reward.Cli.Running;

/// <summary>
/// Has a teacher annotate pairs, several at a time, and writes what can be learned from: <c>annotations.jsonl</c> grows
/// with every pair and lets an interrupted session go on; <c>sft.jsonl</c> and <c>rl.jsonl</c> are written at the end.
/// </summary>
/// <param name="teacher">How the teacher is reached.</param>
/// <param name="options">How it is asked.</param>
/// <param name="folder">Where the files go.</param>
internal sealed class TeacherSession(JudgeOptions teacher, AnnotationOptions options, string folder)
{
    /// <summary>The file of pairs to imitate.</summary>
    public string SftFile => Path.Combine(folder, "sft.jsonl");

    /// <summary>The file of pairs for reinforcement learning.</summary>
    public string RlFile => Path.Combine(folder, "rl.jsonl");

    /// <summary>Asks about every pair that nothing is known of yet.</summary>
    /// <param name="pairs">Labelled pairs as they are shown, media by absolute paths.</param>
    /// <param name="fetch">Limits of pictures at addresses; null: they are not fetched.</param>
    /// <param name="progress">Hears how many pairs are done.</param>
    /// <param name="cancel">Ends the session; what was answered is kept, and the sets are not written.</param>
    /// <returns>An annotation for each pair, in their order.</returns>
    /// <exception cref="R1Reward.Data.UserErrorException">
    /// The teacher refuses, or the folder holds annotations of other settings.
    /// </exception>
    /// <exception cref="OperationCanceledException">The session was ended.</exception>
    public async Task<IReadOnlyList<Annotation>> RunAsync(
        IReadOnlyList<PreferencePair> pairs, FetchOptions? fetch, IProgress<int> progress, CancellationToken cancel)
    {
        using var client = new OpenAiJudgeClient(teacher, TimeProvider.System, note: Console.Error.WriteLine);
        using var file = new AnnotationFile(Path.Combine(folder, "annotations.jsonl"), Settings());
        var found = pairs.Select((pair, index) => file.Find(index, pair)).ToArray();
        var done = found.Count(annotation => annotation is not null);
        if (done < pairs.Count)
        {
            await JudgeProbe.RequireAsync(client, teacher);
        }

        using var patient = new PatientJudge(client, teacher, TimeProvider.System);
        var annotator = new PairAnnotator(patient, options, new PictureFiles("", fetch));
        var open = Enumerable.Range(0, pairs.Count).Where(index => found[index] is null);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = teacher.Concurrency * teacher.Endpoints.Length,
            CancellationToken = cancel,
        };
        await Parallel.ForEachAsync(open, parallel, async (index, ended) =>
        {
            var annotation = await annotator.AnnotateAsync(pairs[index], ended);
            file.Add(index, pairs[index], annotation);
            found[index] = annotation;
            progress.Report(Interlocked.Increment(ref done));
        });
        var annotations = Array.ConvertAll(found, annotation => annotation!);
        PairWriter.WritePairs(SftFile, Of((annotation, pair) => annotation.ForImitation(pair)));
        PairWriter.WritePairs(RlFile, Of((annotation, pair) => annotation.ForReinforcement(pair)));
        return annotations;

        IEnumerable<PreferencePair> Of(Func<Annotation, PreferencePair, PreferencePair?> use) =>
            annotations.Zip(pairs, use).OfType<PreferencePair>();
    }

    private JObject Settings() => new()
    {
        ["model"] = teacher.Model,
        ["template"] = options.Template.Id,
        ["tries"] = options.Tries,
        ["temperature"] = options.Temperature,
    };
}
