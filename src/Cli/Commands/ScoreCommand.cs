using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Media;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward score</c>: the scores of responses by a scalar model or a judge, as JSON lines.</summary>
internal static class ScoreCommand
{
    private const string StandardInput = "-";

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "JSON lines with prompt, responses and, where there are any, images or audios; - for "
                + "standard input; or pairs by source:path[,source:path]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prompt = new Option<string?>("--prompt") { Description = "a question, instead of a file" };
        var response = new Option<string[]>("--response") { Description = "a response to it; may be repeated" };
        var image = new Option<string[]>("--image")
        {
            Description = "a picture of the question; may be repeated",
            HelpName = "PATH",
        };
        var audio = new Option<string[]>("--audio")
        {
            Description = "a sound of the question; may be repeated",
            HelpName = "PATH",
        };
        var samples = new Option<int>("--k")
        {
            Description = "votes on each two responses in each order, for a model that judges",
            DefaultValueFactory = _ => JudgeScorerOptions.DefaultSamples,
        };
        var seed = new Option<long>("--seed") { Description = "seed of the votes", DefaultValueFactory = _ => 1 };
        var temperature = new Option<double>("--temperature")
        {
            Description = "sampling temperature of the votes; 0: the likeliest token",
            DefaultValueFactory = _ => 1,
        };
        var maxTokens = new Option<int>("--max-new-tokens")
        {
            Description = "tokens of a judgment",
            DefaultValueFactory = _ => 1024,
        };
        var command = new Command("score", "score responses with a scalar model or a judge; prints JSON lines")
        {
            file, prompt, response, image, audio, samples, seed, temperature, maxTokens,
        };
        JudgeModelOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var media = Media(MediaKind.Image, parsed.GetValue(image))
                .Concat(Media(MediaKind.Audio, parsed.GetValue(audio)));
            var rows = Rows(
                parsed.GetValue(file), parsed.GetValue(prompt), parsed.GetValue(response) ?? [], [.. media]);
            var judging = new JudgeScorerOptions(
                parsed.GetValue(samples),
                parsed.GetValue(seed),
                new SamplingOptions
                {
                    Temperature = parsed.GetValue(temperature),
                    MaxNewTokens = parsed.GetValue(maxTokens),
                });
            var model = JudgeModelOptions.Read(parsed);
            if (Scorers.IsScalar(model.Model))
            {
                Options.RefuseAny(
                    parsed,
                    [samples, seed, temperature, maxTokens],
                    $"{model.Model} is a scalar model, which gives scores and no votes");
            }

            using var scorer = await Scorers.OpenAsync(model, judging);

            // Whoever writes to standard input may wait for a line before writing the next.
            var atOnce = parsed.GetValue(file) == StandardInput ? 1 : scorer.RowsAtOnce;
            using var progress = WorkProgress.OnStandardError("questions", Total(parsed.GetValue(file)));
            var done = 0;
            foreach (var some in rows.Chunk(atOnce))
            {
                foreach (var scored in await Task.WhenAll(some.Select(row => LineAsync(scorer, row, cancel))))
                {
                    progress.Clear();
                    Console.WriteLine(scored.ToString(Formatting.None));
                    progress.Report(++done);
                }
            }

            return done > 0 ? ExitCode.Done : throw new UserErrorException(
                $"{(parsed.GetValue(file) == StandardInput ? "standard input" : parsed.GetValue(file))}: holds no "
                + "questions; give JSON lines with prompt and responses.");
        });
        return command;
    }

    private static IEnumerable<MediaItem> Media(MediaKind kind, string[]? paths) =>
        (paths ?? []).Select(path => new MediaItem(kind, path));

    private static async Task<JObject> LineAsync(IResponseScorer scorer, ResponseRow row, CancellationToken cancel)
    {
        var line = new JObject { ["prompt"] = row.Prompt };
        var scored = await scorer.ScoreAsync(row, cancel);
        if (scored.Problem is { } problem)
        {
            line["problem"] = problem;
            return line;
        }

        var (ranks, probabilities) = (scored.Ranks, scored.Probabilities);
        line["responses"] = new JArray(scored.Responses.Select((one, index) => new JObject
        {
            ["response"] = row.Responses[index],
            ["score"] = one.Score,
            [one.Parts.Name] = one.Parts.Value,
            ["probability"] = probabilities[index],
            ["rank"] = ranks[index],
        }));
        return line;
    }

    private static IEnumerable<ResponseRow> Rows(
        string? file, string? prompt, string[] responses, MediaItem[] media)
    {
        if (prompt is not null && file is null)
        {
            return responses.Length > 0
                ? [new ResponseRow(prompt, responses, media)]
                : throw new UserErrorException("--prompt needs at least one --response.");
        }

        if (file is null || prompt is not null || responses.Length > 0 || media.Length > 0)
        {
            throw new UserErrorException(
                "name what to score: a FILE of JSON lines (- for standard input), or --prompt with --response.");
        }

        if (file == StandardInput)
        {
            return ResponseRow.ReadAll(Lines(Console.In), "standard input", Environment.CurrentDirectory);
        }

        if (DatasetAddress.Matches(file))
        {
            return Dataset.Read(file).Pairs.Select(ResponseRow.From);
        }

        return File.Exists(file)
            ? ResponseRow.ReadAll(File.ReadLines(file), file, Path.GetDirectoryName(Path.GetFullPath(file))!)
            : throw new UserErrorException($"{file}: no such file; give JSON lines with prompt and responses.");
    }

    private static int Total(string? file) => file is null or StandardInput ? 0 : RowCount.Of(file);

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
