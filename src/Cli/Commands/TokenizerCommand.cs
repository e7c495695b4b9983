using System.CommandLine;
using R1Reward.Cli.Output;
using R1Reward.Data;
using R1Reward.Data.Handlers;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Policy.Tokenization.Chat;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward tokenizer train</c>: a small byte-level vocabulary from texts or pairs.</summary>
internal static class TokenizerCommand
{
    public static Command Create()
    {
        var data = new Option<string[]>("--data")
        {
            Description = "text files, or JSONL files of preference pairs",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };
        var size = new Option<int>("--vocabulary")
        {
            Description = "entries, special tokens included",
            DefaultValueFactory = _ => 512,
        };
        var template = new Option<string>("--template")
        {
            Description = "prompt template that pairs are written with, or a file of your own",
            DefaultValueFactory = _ => PromptTemplate.Compact.Id,
        };
        var output = new Option<string>("--out")
        {
            Description = "folder for tokenizer.json and its companions",
            Required = true,
            HelpName = "DIR",
        };
        var train = new Command("train", "train a small byte-level BPE vocabulary") { data, size, template, output };
        train.SetAction(parsed =>
        {
            var prompt = OwnTemplate.Find(parsed.GetValue(template)!);
            var trainer = new BpeTrainer();
            using (var texts = WorkProgress.OnStandardError("texts"))
            {
                foreach (var (index, text) in parsed.GetValue(data)!.SelectMany(file => Texts(file, prompt)).Index())
                {
                    trainer.Add(text);
                    texts.Report(index + 1);
                }
            }

            var folder = parsed.GetValue(output)!;
            if (parsed.GetValue(size) < BpeTrainer.MinimumSize)
            {
                throw new UserErrorException(
                    $"--vocabulary {parsed.GetValue(size)}: the bytes and special tokens alone are "
                    + $"{BpeTrainer.MinimumSize}. Write at least that.");
            }

            Directory.CreateDirectory(folder);
            Tokenizer tokenizer;
            using (var entries = WorkProgress.OnStandardError("entries", parsed.GetValue(size)))
            {
                tokenizer = trainer.Train(parsed.GetValue(size), folder, progress: entries);
            }

            Console.WriteLine($"{tokenizer.VocabularySize} entries in {Path.Combine(folder, "tokenizer.json")}");
        });
        return new Command("tokenizer", "vocabularies") { train };
    }

    private static IEnumerable<string> Texts(string file, PromptTemplate template)
    {
        if (!File.Exists(file))
        {
            throw new UserErrorException($"{file}: no such file. Name text files or JSONL files of pairs.");
        }

        return file.EndsWith(".jsonl", StringComparison.Ordinal)
            ? Dataset.Read(file).Pairs.SelectMany(pair =>
                new[] { template.Fill(pair), template.Tags.FromPublished(pair.Judgment ?? "") })
            : File.ReadLines(file).Select(line => line + "\n");
    }
}
