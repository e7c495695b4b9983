using R1Reward.Data.Media;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;
using R1Reward.Rewards.Annotation;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Tests.Annotation;

public sealed class PairAnnotatorTests
{
    private const string Right = "<think>so</think><answer>1</answer>", Wrong = "<think>so</think><answer>2</answer>";

    private static readonly PreferencePair Pair = new()
    {
        Id = new PairId("p"),
        Question = "q",
        Response1 = "a",
        Response2 = "b",
        Label = PreferenceLabel.First,
    };

    [Theory]
    [InlineData(AnnotationOutcome.Solved, 1, 1, Right)]
    [InlineData(AnnotationOutcome.Solved, 2, 2, Wrong, Right)]
    [InlineData(AnnotationOutcome.Solved, 3, 3, "no idea", Wrong, Right)]
    [InlineData(AnnotationOutcome.Unsolved, 3, 4, Wrong, Wrong, Wrong)]
    public async Task A_teacher_is_asked_until_it_chooses_as_the_label_does(
        AnnotationOutcome outcome, int tries, int difficulty, params string[] replies)
    {
        var teacher = new Teacher(replies.Select(Said));
        var annotation = await Annotator(teacher).AnnotateAsync(Pair);

        Assert.Equal((outcome, tries, difficulty), (annotation.Outcome, annotation.Tries, annotation.Difficulty));
        Assert.Equal(outcome == AnnotationOutcome.Solved ? Right : null, annotation.Judgment);
        Assert.Equal(Enumerable.Range(0, replies.Length), teacher.Asked.Select(prompt => prompt.Repetition));
        Assert.All(teacher.Asked, prompt => Assert.Equal((1.0, PromptTemplate.R1Pairwise.Fill(Pair)), (
            prompt.Temperature!.Value, prompt.User)));
    }

    [Fact]
    public async Task A_pair_that_the_teacher_does_not_reply_to_is_undecided_and_in_no_set()
    {
        var failure = new JudgeFailure(JudgeFailureKind.Refused, "against a policy");
        var refusal = new JudgeReply(null, failure, 1, TimeSpan.Zero);
        var annotation = await Annotator(new Teacher([Said(Wrong), refusal])).AnnotateAsync(Pair);

        Assert.Equal(
            (AnnotationOutcome.Undecided, 1, "against a policy"),
            (annotation.Outcome, annotation.Tries, annotation.Reason));
        Assert.Null(annotation.Difficulty);
        Assert.Null(annotation.ForImitation(Pair));
        Assert.Null(annotation.ForReinforcement(Pair));
    }

    [Fact]
    public async Task Right_judgments_are_imitated_and_what_took_more_than_one_try_is_learned_on()
    {
        var easy = await Annotator(new Teacher([Said(Right)])).AnnotateAsync(Pair);
        var hard = await Annotator(new Teacher([Said(Wrong), Said(Right)])).AnnotateAsync(Pair);
        var never = await Annotator(new Teacher([Said(Wrong), Said(Wrong), Said(Wrong)])).AnnotateAsync(Pair);

        Assert.Equal((Right, 1), (easy.ForImitation(Pair)!.Judgment, easy.ForImitation(Pair)!.Difficulty));
        Assert.Null(easy.ForReinforcement(Pair));
        Assert.Equal((Right, 2), (hard.ForImitation(Pair)!.Judgment, hard.ForImitation(Pair)!.Difficulty));
        Assert.Equal((null, 2), (hard.ForReinforcement(Pair)!.Judgment, hard.ForReinforcement(Pair)!.Difficulty));
        Assert.Null(never.ForImitation(Pair));
        Assert.Equal(4, never.ForReinforcement(Pair)!.Difficulty);
    }

    [Fact]
    public async Task A_right_answer_outside_of_the_form_is_not_imitated()
    {
        var loose = await Annotator(new Teacher([Said("It is <answer>1</answer>")])).AnnotateAsync(Pair);

        Assert.Equal(AnnotationOutcome.Solved, loose.Outcome);
        Assert.Null(loose.ForImitation(Pair));
    }

    [Fact]
    public async Task Judgments_in_tags_of_ones_own_are_kept_in_the_published_ones()
    {
        var template = PromptTemplate.FromText(
            "own", "{question} {response1} {response2} <why>...</why><best>1</best>");
        var teacher = new Teacher([Said("<why>so</why><best>1</best>")]);
        var annotator = new PairAnnotator(teacher, new AnnotationOptions { Template = template }, new PictureFiles(""));

        Assert.Equal(Right, (await annotator.AnnotateAsync(Pair)).Judgment);
    }

    [Fact]
    public async Task Pictures_are_shown_to_the_teacher_and_one_that_is_missing_leaves_the_pair_undecided()
    {
        var picture = DataUri.FromPng(SceneImage.Noise(3, CounterRandom.For(1, "picture")));
        var seen = new Teacher([Said(Right)]);
        await Annotator(seen).AnnotateAsync(Pair with { Media = [new MediaItem(MediaKind.Image, picture)] });
        var missing = await Annotator(new Teacher([]))
            .AnnotateAsync(Pair with { Media = [new MediaItem(MediaKind.Image, "/nowhere/a.png")] });

        var parts = Assert.Single(seen.Asked).Parts;
        Assert.IsType<JudgePart.Picture>(parts[0]);
        Assert.Equal(2, parts.Length);
        Assert.Equal(AnnotationOutcome.Undecided, missing.Outcome);
        Assert.Contains("/nowhere/a.png", missing.Reason);
    }

    private static PairAnnotator Annotator(IJudgeClient teacher) =>
        new(teacher, new AnnotationOptions(), new PictureFiles(""));

    private static JudgeReply Said(string text) => new(text, null, 1, TimeSpan.Zero);

    private sealed class Teacher(IEnumerable<JudgeReply> replies) : IJudgeClient
    {
        private readonly Queue<JudgeReply> _replies = new(replies);

        public List<JudgePrompt> Asked { get; } = [];

        public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default)
        {
            Asked.Add(prompt);
            return Task.FromResult(_replies.Dequeue());
        }
    }
}
