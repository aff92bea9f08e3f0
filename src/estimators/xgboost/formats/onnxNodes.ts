/** A tree ensemble as ONNX's TreeEnsembleRegressor, followed by exp, sigmoid or softmax. */
import type { GraphBuilder } from "../../../core/onnx.ts";
import { type Tree, type TreeEnsemble, objectives, type Link } from "../ensemble.ts";

/** From margins to predictions. */
const links: Readonly<Record<Link, (graph: GraphBuilder, margins: string) => string>> = {
  identity: (_graph, margins) => margins,
  log: (graph, margins) => graph.add("Exp", [margins]),
  logistic: (graph, margins) => graph.add("Sigmoid", [margins]),
  softmax: (graph, margins) => graph.add("Softmax", [margins], { axis: { int: 1 } }),
};

/** @param features (rows × features), doubles */
export function ensembleNodes(graph: GraphBuilder, ensemble: TreeEnsemble, features: string): string {
  return links[objectives[ensemble.objective].link](graph, treeNodes(graph, ensemble, features));
}

function isLeaf(tree: Tree, node: number): boolean {
  return tree.feature[node] === -1;
}

/**
 * Features are rounded to float32 first, as in XGBoost. A row goes to the left child (ONNX: the true branch) if its
 * value is below the threshold. @returns (rows × outputs), doubles
 */
function treeNodes(graph: GraphBuilder, ensemble: TreeEnsemble, features: string): string {
  const { trees, outputCount, baseMargin } = ensemble;
  const sizes = trees.map((tree) => tree.feature.length);
  const perNode = <T>(of: (tree: Tree, node: number, t: number) => T): T[] =>
    trees.flatMap((tree, t) => tree.feature.map((_, node) => of(tree, node, t)));
  const leaves = trees.flatMap((tree, t) =>
    [...tree.feature.keys()].filter((node) => isLeaf(tree, node)).map((node) => ({ tree, t, node })),
  );
  const single = graph.add("Cast", [features], { to: { int: 1 } });
  const margins = graph.addMl("TreeEnsembleRegressor", [single], {
    n_targets: { int: outputCount },
    aggregate_function: { text: "SUM" },
    post_transform: { text: "NONE" },
    base_values: { floats: Array.from({ length: outputCount }, () => baseMargin) },
    nodes_treeids: { ints: sizes.flatMap((size, t) => Array.from({ length: size }, () => t)) },
    nodes_nodeids: { ints: perNode((_tree, node) => node) },
    nodes_featureids: { ints: perNode((tree, node) => Math.max(0, tree.feature[node]!)) },
    nodes_modes: { texts: perNode((tree, node) => (isLeaf(tree, node) ? "LEAF" : "BRANCH_LT")) },
    nodes_values: { floats: perNode((tree, node) => (isLeaf(tree, node) ? 0 : tree.value[node]!)) },
    nodes_truenodeids: { ints: perNode((tree, node) => (isLeaf(tree, node) ? 0 : tree.left[node]!)) },
    nodes_falsenodeids: { ints: perNode((tree, node) => (isLeaf(tree, node) ? 0 : tree.left[node]! + 1)) },
    nodes_missing_value_tracks_true: {
      ints: perNode((tree, node) => (isLeaf(tree, node) ? 0 : tree.missingLeft[node]!)),
    },
    target_treeids: { ints: leaves.map(({ t }) => t) },
    target_nodeids: { ints: leaves.map(({ node }) => node) },
    target_ids: { ints: leaves.map(({ t }) => t % outputCount) },
    target_weights: { floats: leaves.map(({ tree, node }) => tree.value[node]!) },
  });
  return graph.add("Cast", [margins], { to: { int: 11 } });
}
