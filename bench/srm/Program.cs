using System.Globalization;
using R1Reward.ScalarModels;

// `pairs FOLDER` writes pairs with two labels. `RUNS PLOTS`: curves of what bench/srm/run has trained, into the second
// folder, and tables on standard output.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["pairs", var folder])
{
    TwoLabels.Write(folder);
    return 0;
}

if (args is not [var runs, var plots])
{
    Console.Error.WriteLine("srm.dll RUNS PLOTS: the folder of the runs, and that of the curves");
    return 2;
}

Curves.Draw(runs, plots);
Curves.Print(runs);
Questions.Print(Path.Combine(runs, "results"));
Counting.Print();
return 0;
