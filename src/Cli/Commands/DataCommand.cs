using System.CommandLine;
using R1Reward.Cli.Output;
using R1Reward.Data.Scenes;

namespace R1Reward.Cli.Commands;

/// <summary>
/// <c>r1reward data scenes</c> writes pairs of the built-in task, <c>data validate</c> looks at a set.
/// </summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var defaults = new ScenesDatasetOptions();
        var pairs = new Option<int>("--pairs")
        {
            Description = "training pairs",
            DefaultValueFactory = _ => defaults.Pairs,
        };
        var heldOut = new Option<int>("--heldout")
        {
            Description = "held-out pairs, from scenes that training never shows",
            DefaultValueFactory = _ => 0,
        };
        var seed = new Option<long>("--seed")
        {
            Description = "seed of scenes, candidates and traces",
            DefaultValueFactory = _ => 1,
        };
        var output = new Option<string>("--out") { Description = "folder", Required = true, HelpName = "DIR" };
        var form = new Option<string>("--as")
        {
            Description = "words, image or sound",
            DefaultValueFactory = _ => defaults.As,
        };
        var traces = new Option<bool>("--traces") { Description = "add reasoning traces for the cold start" };
        var noise = new Option<double>("--noise")
        {
            Description = "share of traces with one wrong look, 0-1",
            DefaultValueFactory = _ => defaults.Noise,
        };
        var waste = new Option<double>("--waste")
        {
            Description = "share of looks that traces repeat to no use, 0-1",
            DefaultValueFactory = _ => defaults.Waste,
        };
        var objects = new Option<string?>("--objects")
        {
            Description = "objects per scene, for example 3-6",
            HelpName = "RANGE",
        };
        var grade = new Option<int?>("--grade") { Description = "difficulty 1-4, in place of --objects" };
        var kinds = new Option<string>("--kinds")
        {
            Description = "any of count,existence,colour,position,comparison",
            DefaultValueFactory = _ => defaults.Kinds,
        };
        var grid = new Option<int>("--grid")
        {
            Description = "cells per side, 3-6",
            DefaultValueFactory = _ => defaults.Grid,
        };
        var question = new Option<QuestionPlace>("--question")
        {
            Description = "where the question stands: after the scene, before it or both",
            DefaultValueFactory = _ => defaults.Question,
            HelpName = "PLACE",
        };
        var scenes = new Command("scenes", "write preference pairs of the built-in "
            + "task")
        {
            pairs, heldOut, seed, output, form, traces, noise, waste, objects, grade, kinds, grid, question,
        };
        scenes.SetAction(parsed =>
        {
            var options = new ScenesDatasetOptions
            {
                Pairs = parsed.GetValue(pairs),
                HeldOut = parsed.GetValue(heldOut),
                Seed = parsed.GetValue(seed),
                Out = parsed.GetValue(output)!,
                As = parsed.GetValue(form)!,
                Traces = parsed.GetValue(traces),
                Noise = parsed.GetValue(noise),
                Waste = parsed.GetValue(waste),
                Objects = parsed.GetValue(objects),
                Grade = parsed.GetValue(grade),
                Kinds = parsed.GetValue(kinds)!,
                Grid = parsed.GetValue(grid),
                Question = parsed.GetValue(question),
            };
            using var progress = WorkProgress.OnStandardError("pairs", options.Pairs + options.HeldOut);
            foreach (var file in ScenesDataset.Write(options, progress))
            {
                Console.WriteLine(file);
            }
        });
        return new Command("data", "data sets") { scenes, DataValidateCommand.Create() };
    }
}
